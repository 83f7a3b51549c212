// Packed events as MessagePack lists them, made independently of the library, from seeded dice.

import { EVENTS, type EventField, type EventRow } from '../../capi/table/events.js'

export type Dice = (below: number) => number

/** A small generator of its own, so that a seed tells the same on every machine (xorshift32). */
export function dice(seed: number): Dice {
  let state = seed | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

export type FieldValue = number | bigint | boolean | Uint8Array
export interface SomeEvent {
  readonly event: EventRow
  readonly values: readonly FieldValue[]
}

const ENUMERATORS: Readonly<Record<string, number>> = {
  Tox_Conference_Type: 2,
  Tox_Connection: 3,
  Tox_File_Control: 3,
  Tox_Message_Type: 2,
  Tox_User_Status: 3,
  Tox_Group_Privacy_State: 2,
  Tox_Group_Voice_State: 3,
  Tox_Group_Topic_Lock: 2,
  Tox_Group_Join_Fail: 3,
  Tox_Group_Mod_Event: 4,
  Tox_Group_Exit_Type: 6,
}
const KEY_BYTES = 32
/** Values and sizes around every change of form: fixed, 1, 2, 4 and 8 bytes. */
const EDGES = [0n, 1n, 127n, 128n, 255n, 256n, 65_535n, 65_536n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 64n - 1n]
const SIZES = [0, 1, 15, 16, 31, 32, 255, 256, 1373]
const TEXT_SIZES = [0, 1, 31, 32, 45, 95]

/** An event of each type below the number, again and again, with values at every edge. */
export function someEvents(roll: Dice, types: number, rounds: number): SomeEvent[] {
  const rows = EVENTS.slice(0, types)
  return Array.from({ length: rounds }, () => rows.map((event) => someEvent(roll, event))).flat()
}

export function shuffled<T>(roll: Dice, items: readonly T[]): T[] {
  return items
    .map((item) => [roll(1 << 30), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}

function someEvent(roll: Dice, event: EventRow): SomeEvent {
  return { event, values: event.fields.map((field) => someValue(roll, event, field)) }
}

function someValue(roll: Dice, event: EventRow, field: EventField): FieldValue {
  switch (field.kind) {
    case 'scalar': {
      if (field.type === 'bool') return roll(2) === 1
      const bits = { uint16_t: 16n, uint32_t: 32n, uint64_t: 64n }[field.type]
      const edges = EDGES.filter((edge) => edge < 2n ** bits)
      const edge = edges[roll(edges.length)]!
      return bits === 64n ? edge : Number(edge)
    }
    case 'enum':
      return roll(ENUMERATORS[field.type]!)
    case 'fixed':
      return someBytes(roll, KEY_BYTES)
    case 'text':
      return someBytes(roll, TEXT_SIZES[roll(TEXT_SIZES.length)]!).map((byte) => 0x20 + (byte % 0x5f))
    case 'data': {
      const bytes = someBytes(roll, SIZES[roll(SIZES.length)]!)
      // A custom packet is delivered by its first byte: one that a client may use.
      if (event.name === 'friend_lossy_packet') return Uint8Array.of(200 + roll(55), ...bytes)
      if (event.name === 'friend_lossless_packet') return Uint8Array.of(160 + roll(32), ...bytes)
      return bytes
    }
  }
}

const someBytes = (roll: Dice, size: number) => Uint8Array.from({ length: size }, () => roll(256))

export function packed(events: readonly SomeEvent[]): Buffer {
  return Buffer.from([...array(events.length), ...events.flatMap(packedEvent)])
}

function packedEvent({ event, values }: SomeEvent): number[] {
  const fields = event.fields.flatMap((field, index) => packedField(field, values[index]!))
  return [
    ...array(2),
    ...integer(BigInt(event.number)),
    ...(event.fields.length > 1 ? array(values.length) : []),
    ...fields,
  ]
}

function packedField(field: EventField, value: FieldValue): number[] {
  if (value === true) return [0xc3]
  if (value === false) return [0xc2]
  if (value instanceof Uint8Array) return [...lengthOf(field.kind, value.length), ...value]
  return integer(BigInt(value))
}

function lengthOf(kind: EventField['kind'], size: number): number[] {
  if (kind === 'text' && size < 32) return [0xa0 | size]
  const first = kind === 'text' ? 0xd9 : 0xc4
  if (size < 0x100) return [first, size]
  return size < 0x10000 ? [first + 1, ...digits(BigInt(size), 2)] : [first + 2, ...digits(BigInt(size), 4)]
}

function integer(value: bigint): number[] {
  if (value < 0x80n) return [Number(value)]
  const width = [1, 2, 4, 8].find((bytes) => value < 2n ** BigInt(8 * bytes))!
  return [0xcc + Math.log2(width), ...digits(value, width)]
}

function array(size: number): number[] {
  if (size < 16) return [0x90 | size]
  return size < 0x10000 ? [0xdc, ...digits(BigInt(size), 2)] : [0xdd, ...digits(BigInt(size), 4)]
}

/** Big-endian. */
function digits(value: bigint, width: number): number[] {
  return Array.from({ length: width }, (_, index) => Number((value >> BigInt(8 * (width - 1 - index))) & 0xffn))
}

/** The event as the test programs print it. */
export function told({ event, values }: SomeEvent): string {
  return [event.name, ...event.fields.map((field, index) => `${field.name}=${toldValue(values[index]!)}`)].join(' ')
}

function toldValue(value: FieldValue): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex') || '-'
  return String(value === true || value === false ? Number(value) : value)
}

/** Damaged copies: a flipped bit, a lost end, a changed byte, a piece left out. */
export function damaged(roll: Dice, bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes)
  const at = roll(copy.length)
  switch (roll(4)) {
    case 0:
      copy[at] = copy[at]! ^ (1 << roll(8))
      return copy
    case 1:
      return copy.subarray(0, at)
    case 2:
      copy[at] = [0x00, 0x7f, 0x90, 0xc0, 0xc4, 0xcc, 0xcd, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd3, 0xdc, 0xdd, 0xff][
        roll(16)
      ]!
      return copy
    default:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(Math.min(copy.length, at + 1 + roll(4)))])
  }
}
