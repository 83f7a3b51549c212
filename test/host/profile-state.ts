// States of a profile for tests: a number, then a body of a length and content that follow from it.

/** The bytes of state `number`. */
export function stateOf(number: number): Uint8Array {
  const bytes = new Uint8Array(2000 + (number % 50) * 700)
  new DataView(bytes.buffer).setUint32(0, number)
  for (let i = 4; i < bytes.length; i++) bytes[i] = (number * 31 + i * 7) & 0xff
  return bytes
}

/** The number of a complete state, `undefined` when it is torn. */
export function stateNumber(bytes: Uint8Array): number | undefined {
  if (bytes.length < 4) return undefined
  const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
  const whole = stateOf(number)
  return whole.length === bytes.length && whole.every((byte, i) => byte === bytes[i]) ? number : undefined
}
