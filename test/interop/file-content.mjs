// The bytes of the files that travel in these tests: each follows from its position, so that a piece that is lost, doubled or
// misplaced shows, and nobody has to hold a file.

/** `length` bytes of the file from `position` (bigint) on. */
export function fileContent(position, length) {
  const bytes = new Uint8Array(length)
  let p = Number(position % 16_777_213n)
  for (let i = 0; i < length; i++) {
    bytes[i] = (p * 31 + (p >> 8) * 7 + (p >> 16)) & 255
    if (++p === 16_777_213) p = 0
  }
  return bytes
}
