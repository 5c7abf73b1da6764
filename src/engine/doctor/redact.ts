/**
 * Takes out of a text whatever says where or who somebody is: addresses, names of hosts, peer ids,
 * info hashes. Rather too much than too little: it is for a text that a person puts on a public page.
 */
export function redact(text: string): string {
  return RULES.reduce((left, [pattern, instead]) => left.replace(pattern, instead), text)
}

const RULES: readonly (readonly [RegExp, string])[] = [
  // Ed25519, secp256k1 and RSA keys, and CIDs of them.
  [/\b(?:12D3KooW|16Uiu2HA|Qm|bafz|k51q)[0-9A-Za-z]{20,}/g, '[peer id]'],
  [/\b[0-9a-f]{40}\b/gi, '[info hash]'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '[name]'],
  // Before IPv4: some end in one.
  [/(?:[0-9a-f]{0,4}:){2,8}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4})(?:%\w+)?/gi, '[ip]'],
  [/\d{1,3}(?:\.\d{1,3}){3}/g, '[ip]'],
  [/\blocalhost\b/gi, '[host]'],
  [/\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]\b/gi, '[host]'],
  // A name without a dot, where only a host can stand.
  [/(:\/\/)[^\s/:[\]]+/g, '$1[host]'],
  [/(\/(?:dns|dns4|dns6|dnsaddr)\/)[^\s/[\]]+/g, '$1[host]'],
  [/\b((?:stun|turn)s?:)[^\s:?[\]]+/gi, '$1[host]'],
]
