// Real crypto that counts its X25519 computations: what a stranger can cost us is counted in them, not in a clock's milliseconds.

import type { Crypto } from '../../src/crypto/index.js'

export interface CountedCrypto {
  readonly crypto: Crypto
  /** Shared keys computed so far. */
  readonly computed: number
}

export function countedCrypto(real: Crypto): CountedCrypto {
  let computed = 0
  const crypto = new Proxy(real, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (bound[name as string] ??= value.bind(target)) : value
    },
  })
  const bound: Record<string, unknown> = {
    sharedKey: (...keys: Parameters<Crypto['sharedKey']>) => {
      computed++
      return real.sharedKey(...keys)
    },
  }
  return {
    crypto,
    get computed() {
      return computed
    },
  }
}
