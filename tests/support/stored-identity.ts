/** Everything in the database of the identity, as a thief with a script in this origin would find it. */
export async function storedIdentity() {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('chiral-identity')
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('not opened'))
  })
  const stores = [...database.objectStoreNames]
  const records = await new Promise<Record<string, unknown>[]>((resolve, reject) => {
    const request = database
      .transaction(stores)
      .objectStore(stores[0] ?? '')
      .getAll()
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('not read'))
  })
  const [record = {}] = records
  // What the tests are about: whether these are what they should be.
  const key = record['key'] as CryptoKey
  const iv = record['iv'] as Uint8Array<ArrayBuffer>
  const sealed = record['sealed'] as ArrayBuffer
  const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed)
  const exported = await crypto.subtle.exportKey('raw', key).then(
    () => 'exported',
    (thrown: unknown) => (thrown instanceof DOMException ? thrown.name : 'another error'),
  )
  database.close()
  const hex = (bytes: ArrayBuffer) => Array.from(new Uint8Array(bytes)).join()
  return {
    stores,
    count: records.length,
    fields: Object.keys(record).sort(),
    extractable: key.extractable,
    exported,
    sealedLength: sealed.byteLength,
    opensTo: opened.byteLength,
    sealedIsPlain: hex(sealed).includes(hex(opened)),
  }
}
