import fc from 'fast-check'

/** Any UTF-16 there can be, halves of characters too; `unit: 'binary'` takes a second to set up. */
export function anyText(constraints: { minLength?: number; maxLength?: number } = {}) {
  const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))
  return fc.string({ unit, ...constraints })
}
