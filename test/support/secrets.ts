// Finds bytes that must not be shown in text, in whatever way they are written.

import { inspect } from 'node:util'
import type { Crypto } from '../../src/crypto/index.js'

/** The ways in which JavaScript writes bytes: hex, base64, lists of numbers, JSON of typed arrays and of Buffers. */
export function writtenForms(secret: Uint8Array): string[] {
  const buffer = Buffer.from(secret)
  const numbers = [...secret.subarray(0, 8)]
  return [
    // Half of a key is a leak as well.
    buffer.subarray(0, 16).toString('hex'),
    buffer.subarray(16).toString('hex'),
    buffer.subarray(0, 24).toString('base64'),
    buffer.subarray(0, 24).toString('base64url'),
    numbers.join(','),
    numbers.map((byte, i) => `"${i}":${byte}`).join(','),
  ]
}

/** The name of the first of `secrets` that `text` shows, or undefined. */
export function leakIn(text: string, secrets: ReadonlyMap<string, Uint8Array>): string | undefined {
  const plain = text.replace(/\s+/g, '')
  const lower = plain.toLowerCase()
  for (const [name, secret] of secrets) {
    for (const form of writtenForms(secret)) if (plain.includes(form) || lower.includes(form)) return name
  }
  return undefined
}

/** All that a curious program gets to see of `value` without calling its methods. */
export function shown(value: unknown): string {
  const inspected = inspect(value, { depth: 20, showHidden: true, maxArrayLength: 2000, maxStringLength: 100_000 })
  let json = ''
  try {
    json = JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one)) ?? ''
  } catch (error) {
    // A circle has no JSON.
    if (!(error instanceof TypeError)) throw error
  }
  return `${inspected}\n${json}\n${String(value)}`
}

/** `crypto` that copies every secret and shared key that it makes into `secrets`. */
export function overheardCrypto(real: Crypto, secrets: Map<string, Uint8Array>): Crypto {
  const note = (what: string, key: Uint8Array | undefined): void => {
    if (key !== undefined) secrets.set(`${what} ${secrets.size}`, key.slice())
  }
  const own: Partial<Crypto> = {
    keyPair: <T extends ReturnType<Crypto['keyPair']>>() => {
      const pair = real.keyPair() as T
      note('secret key', pair.secretKey)
      return pair as never
    },
    sharedKey: (...keys) => {
      const key = real.sharedKey(...keys)
      note('shared key', key)
      return key
    },
  }
  const bound: Record<string | symbol, unknown> = { ...own }
  return new Proxy(real, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (bound[name] ??= value.bind(target)) : value
    },
  })
}

/**
 * All bytes and texts that can be reached from `root` through own properties of any kind, maps and sets: what `inspect` without
 * a limit would show, which takes for ever on a graph where many ways lead to one object.
 */
export function reachable(root: unknown): string {
  const seen = new Set<object>()
  const waiting: unknown[] = [root]
  const found: string[] = []
  while (waiting.length > 0) {
    const one = waiting.pop()
    if (typeof one === 'string') found.push(one)
    if ((typeof one !== 'object' && typeof one !== 'function') || one === null || seen.has(one)) continue
    seen.add(one)
    if (ArrayBuffer.isView(one)) {
      found.push(Buffer.from(one.buffer, one.byteOffset, one.byteLength).toString('hex'))
      continue
    }
    if (one instanceof Map || one instanceof Set) waiting.push(...one.keys(), ...one.values())
    for (const name of Reflect.ownKeys(one)) {
      const property = Reflect.getOwnPropertyDescriptor(one, name)
      if (property !== undefined && 'value' in property) waiting.push(property.value)
    }
  }
  return found.join('\n')
}
