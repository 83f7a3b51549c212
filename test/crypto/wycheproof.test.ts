// Project Wycheproof's vectors, kept beside the project (../shared/vectors): skipped by name where they are absent.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isZero } from '../../src/base/index.js'
import { hsalsa20OfZero } from '../../src/crypto/backend/hsalsa20.js'
import { SIGNATURE_BYTES } from '../../src/crypto/index.js'
import { branded, hex, onEveryBackend } from './backends.js'

interface X25519File {
  readonly testGroups: readonly {
    readonly tests: readonly { tcId: number; comment: string; public: string; private: string; shared: string }[]
  }[]
}
interface Ed25519File {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string }
    readonly tests: readonly { tcId: number; comment: string; msg: string; sig: string; result: 'valid' | 'invalid' }[]
  }[]
}

const FOLDER = fileURLToPath(new URL('../../../shared/vectors/wycheproof/', import.meta.url))

function load<T>(name: string): T | undefined {
  return existsSync(FOLDER + name) ? (JSON.parse(readFileSync(FOLDER + name, 'utf8')) as T) : undefined
}

const x25519 = load<X25519File>('x25519_test.json')
const ed25519 = load<Ed25519File>('ed25519_test.json')

await onEveryBackend('Wycheproof', (crypto) => {
  if (x25519 === undefined) it.skip('x25519_test.json is absent')
  else {
    it('X25519: every product, and no key from a low-order point', () => {
      let refused = 0
      let agreed = 0
      for (const one of x25519.testGroups.flatMap((group) => group.tests)) {
        const key = crypto.sharedKey(branded(hex(one.public)), branded(hex(one.private)))
        const product = hex(one.shared)
        if (isZero(product)) {
          assert.equal(key, undefined, `${one.tcId} ${one.comment}`)
          refused++
        } else {
          hsalsa20OfZero(product, product)
          assert.deepEqual(key, product, `${one.tcId} ${one.comment}`)
          agreed++
        }
      }
      assert.ok(refused > 20 && agreed > 400, `${refused} refused, ${agreed} agreed`)
    })
  }

  if (ed25519 === undefined) it.skip('ed25519_test.json is absent')
  else {
    it('Ed25519: valid signatures verify, forged and malleable ones do not', () => {
      let judged = 0
      for (const group of ed25519.testGroups) {
        for (const one of group.tests) {
          const signature = hex(one.sig)
          const verify = (): boolean => crypto.verify(signature, hex(one.msg), hex(group.publicKey.pk))
          if (signature.length !== SIGNATURE_BYTES) assert.throws(verify, /signature must be 64 bytes/)
          else assert.equal(verify(), one.result === 'valid', `${one.tcId} ${one.comment}`)
          judged++
        }
      }
      assert.ok(judged > 100)
    })
  }
})
