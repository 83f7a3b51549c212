// One table of tests runs over every backend; an absent one is a skipped test that says its name and reason.

import { CRYPTO_NAMES, type Crypto, openCrypto } from '../../src/crypto/index.js'

/** Backends present here, best first. */
export const backends: readonly Crypto[] = (await Promise.all(CRYPTO_NAMES.map((name) => openCrypto(name)))).filter(
  (opened): opened is Crypto => !('missing' in opened),
)

/** Describes `title` once a backend. */
export async function onEveryBackend(title: string, suite: (crypto: Crypto) => void): Promise<void> {
  for (const name of CRYPTO_NAMES) {
    const opened = await openCrypto(name)
    describe(`${title} on ${name}`, () => {
      if ('missing' in opened) it.skip(`backend ${name} is missing: ${opened.missing}`)
      else suite(opened)
    })
  }
}

export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'))
}

/** A byte array under the brand that the called function wants: tests hold keys as plain bytes. */
export function branded<T extends Uint8Array>(bytes: Uint8Array): T {
  return bytes as T
}
