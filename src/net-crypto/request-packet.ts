// The gap list of a packet request. Spec: Net crypto, Packet request packet. Packets are walked from the first that is not
// acknowledged; each missing one is told as its distance (1 to 255) from the missing one before it (from the start: plus one);
// 255 received ones in a row are told as 0. What lies behind the last gap is not told.

/**
 * Writes the gap list of `count` packets into `out`; `isMissing(offset)` tells about each. Returns the bytes written; a list
 * too long for `out` is cut there, which tells the nearest gaps.
 */
export function encodeGaps(count: number, isMissing: (offset: number) => boolean, out: Uint8Array): number {
  let size = 0
  let distance = 1
  for (let offset = 0; offset < count && size < out.length; offset++) {
    if (isMissing(offset)) {
      out[size++] = distance
      distance = 0
    } else if (distance === 255) {
      out[size++] = 0
      distance = 0
    }
    distance++
  }
  return size
}

/**
 * Reads a gap list about `count` packets: calls `visit` for each packet that it tells about, in order. False when it is
 * malformed; what was visited by then was said validly. Bytes that are left over at the end are ignored, as by c-toxcore.
 */
export function decodeGaps(
  gaps: Uint8Array,
  count: number,
  visit: (offset: number, missing: boolean) => void,
): boolean {
  let at = 0
  let distance = 1
  for (let offset = 0; offset < count && at < gaps.length; offset++) {
    if (distance === gaps[at]) {
      visit(offset, true)
      at++
      distance = 0
    } else {
      visit(offset, false)
    }
    if (distance === 255) {
      if (gaps[at] !== 0) return false
      at++
      distance = 0
    }
    distance++
  }
  return true
}
