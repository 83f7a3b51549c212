// Nearest-node selection over packed keys: distance is the XOR of two keys read as one big-endian number (spec: DHT,
// Distance). The portable twin of native/nodes.cc; packed arrays, because a node selects for every request it answers.

/** Bytes of one packed key. */
const KEY_BYTES = 32

/** Selects nearest keys; see `nearestIndices`. */
export type NearestIndices = typeof nearestIndices

/**
 * Writes the indices of the `howMany` keys nearest to `target` (32 bytes) into `out`, nearest first; equal keys in their
 * packed order. `packedKeys` holds at least `count` keys of 32 bytes. Returns how many were written: fewer than
 * `howMany` only when `count` is smaller. A wrong size throws RangeError naming it. With `howMany` = `count` this sorts.
 */
export function nearestIndices(
  target: Uint8Array,
  packedKeys: Uint8Array,
  count: number,
  howMany: number,
  out: Int32Array,
): number {
  needBytes('target', target)
  if (target.length !== KEY_BYTES) throw new RangeError(`target must be ${KEY_BYTES} bytes, not ${target.length}`)
  needBytes('packedKeys', packedKeys)
  needCount('count', count, Math.floor(packedKeys.length / KEY_BYTES))
  if (!(out instanceof Int32Array)) throw new TypeError('out must be an Int32Array')
  needCount('howMany', howMany, out.length)

  const wanted = Math.min(howMany, count)
  return wanted <= FEW_MAX
    ? selectFew(target, packedKeys, count, wanted, out)
    : sortAll(target, packedKeys, count, wanted, out)
}

/** Up to here one pass that keeps the best in order beats sorting. */
const FEW_MAX = 16

function selectFew(target: Uint8Array, keys: Uint8Array, count: number, wanted: number, out: Int32Array): number {
  let kept = 0
  for (let index = 0; index < count; index++) {
    if (kept === wanted && (kept === 0 || !isNearer(target, keys, index, out[kept - 1]!))) continue
    let at = kept < wanted ? kept++ : kept - 1
    for (; at > 0 && isNearer(target, keys, index, out[at - 1]!); at--) out[at] = out[at - 1]!
    out[at] = index
  }
  return kept
}

function sortAll(target: Uint8Array, keys: Uint8Array, count: number, wanted: number, out: Int32Array): number {
  const order = Int32Array.from({ length: count }, (_, index) => index)
  order.sort((a, b) => (isNearer(target, keys, a, b) ? -1 : 1))
  out.set(order.subarray(0, wanted))
  return wanted
}

/** Whether key `a` is nearer than key `b`, or equal and before it. */
function isNearer(target: Uint8Array, keys: Uint8Array, a: number, b: number): boolean {
  const keyA = a * KEY_BYTES
  const keyB = b * KEY_BYTES
  for (let i = 0; i < KEY_BYTES; i++) {
    const byteA = keys[keyA + i]!
    const byteB = keys[keyB + i]!
    if (byteA !== byteB) return (byteA ^ target[i]!) < (byteB ^ target[i]!)
  }
  return a < b
}

function needBytes(name: string, value: Uint8Array): void {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${name} must be a Uint8Array`)
}

function needCount(name: string, value: number, limit: number): void {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number`)
  if (!(Number.isInteger(value) && value >= 0 && value <= limit)) {
    throw new RangeError(`${name} must be an integer in [0, ${limit}]`)
  }
}
