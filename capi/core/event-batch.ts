// Events on their way to the C++ side, encoded one behind another: u32 type, u32 size of what follows, then the fields as the
// table lists them: scalars and enums as u32 (64-bit ones as 8 bytes), byte arrays and texts as u32 length, the bytes and a
// zero, since C programs print them as they are. All numbers are little-endian, without padding.

import { EVENTS, type EventField, type EventName } from '../table/events.js'

/** Type and size. */
const HEAD_BYTES = 8
const FIRST_BYTES = 4 * 1024
/** A buffer that grew beyond this is given back after so many quiet steps: while a file comes, every other one is. */
const KEPT_BYTES = 64 * 1024
const QUIET_STEPS = 64

export type EventValue = number | boolean | bigint | Uint8Array

type Kind = 'u32' | 'u64' | 'bytes'

interface Event {
  readonly number: number
  readonly kinds: readonly Kind[]
}

const EVENT_OF: ReadonlyMap<EventName, Event> = new Map(
  EVENTS.map(({ name, number, fields }) => [name, { number, kinds: fields.map(kindOf) }]),
)

function kindOf(field: EventField): Kind {
  if (field.kind === 'scalar') return field.type === 'uint64_t' ? 'u64' : 'u32'
  return field.kind === 'enum' ? 'u32' : 'bytes'
}

export class EventBatch {
  #bytes = new Uint8Array(FIRST_BYTES)
  #view = new DataView(this.#bytes.buffer)
  #size = 0
  #quietSteps = 0

  /** How many bytes wait. */
  get size(): number {
    return this.#size
  }

  /** Adds an event with its fields in the table's order. */
  add(name: EventName, ...values: readonly EventValue[]): void {
    const { number, kinds } = EVENT_OF.get(name)!
    if (values.length !== kinds.length) throw new RangeError(`${name} has ${kinds.length} fields, not ${values.length}`)
    let size = 0
    for (let i = 0; i < values.length; i++) size += sizeOf(kinds[i]!, values[i]!)
    this.#makeRoom(HEAD_BYTES + size)
    this.#view.setUint32(this.#size, number, true)
    this.#view.setUint32(this.#size + 4, size, true)
    let at = this.#size + HEAD_BYTES
    for (let i = 0; i < values.length; i++) at = this.#write(at, kinds[i]!, values[i]!)
    this.#size = at
  }

  /** What waits, as a view that is valid until the next `add`; the batch is empty from now on. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#size)
    this.#quietSteps = this.#size === 0 ? this.#quietSteps + 1 : 0
    if (this.#quietSteps >= QUIET_STEPS && this.#bytes.length > KEPT_BYTES) this.#replace(FIRST_BYTES)
    this.#size = 0
    return taken
  }

  /** Writes a field and answers where the next one stands. */
  #write(at: number, kind: Kind, value: EventValue): number {
    if (kind === 'u32') this.#view.setUint32(at, Number(value), true)
    else if (kind === 'u64') this.#view.setBigUint64(at, BigInt(value as bigint), true)
    else {
      const bytes = value as Uint8Array
      this.#view.setUint32(at, bytes.length, true)
      this.#bytes.set(bytes, at + 4)
      this.#bytes[at + 4 + bytes.length] = 0
    }
    return at + sizeOf(kind, value)
  }

  #makeRoom(size: number): void {
    if (this.#size + size <= this.#bytes.length) return
    const before = this.#bytes
    this.#replace(Math.max(2 * before.length, this.#size + size))
    this.#bytes.set(before)
  }

  #replace(size: number): void {
    this.#bytes = new Uint8Array(size)
    this.#view = new DataView(this.#bytes.buffer)
  }
}

function sizeOf(kind: Kind, value: EventValue): number {
  if (kind === 'bytes') return 4 + (value as Uint8Array).length + 1
  return kind === 'u32' ? 4 : 8
}
