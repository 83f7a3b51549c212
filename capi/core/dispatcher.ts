// From a function's number to a call of the TypeScript function of that name, by the rows of the table: decodes the arguments,
// encodes the answer. All that a row says is worked out once, when the core starts.

import type { Result } from '../../src/base/index.js'
import { ERROR_ENUMS } from '../table/enums.js'
import type { Parameter, SignatureRow } from '../table/schema.js'
import type { Frame } from './frame.js'
import type { CoreInstance } from './instance.js'

export type CoreValue = number | boolean | bigint | Uint8Array | undefined
/** A failure's name is its enumerator in kebab case: 'own-key' is TOX_ERR_FRIEND_ADD_OWN_KEY. */
export type CoreAnswer = CoreValue | Result<CoreValue, string>
/** Its arguments are the instance, where the row has one, and the row's parameters but for buffers that it fills. */
export type CoreFunction = (...decoded: never[]) => CoreAnswer
export type CoreFunctions = Readonly<Record<string, CoreFunction>>

type Decode = (frame: Frame, index: number) => CoreValue
type AnyFunction = (...decoded: CoreArgument[]) => CoreAnswer
type CoreArgument = CoreInstance | CoreValue

/** Asked for behind another call, whose answer stands where the clock would. */
const WITHOUT_CLOCK: ReadonlySet<string> = new Set(['core_take_logs'])

export class Routine {
  readonly name: string
  readonly hasClock: boolean
  readonly hasInstance: boolean
  /** Whether the instance may have changed or sent something after the call. */
  readonly changes: boolean
  readonly #call: AnyFunction
  readonly #decode: readonly Decode[]
  readonly #errors: ReadonlyMap<string, number>
  readonly #answersBits: boolean

  constructor(row: SignatureRow, call: CoreFunction) {
    this.name = row.name
    this.hasClock = !WITHOUT_CLOCK.has(row.name)
    this.hasInstance = row.self !== 'none'
    this.changes = row.self === 'tox'
    this.#call = call as AnyFunction
    this.#decode = row.parameters.flatMap((parameter) => decoderOf(parameter) ?? [])
    this.#errors = row.error === undefined ? new Map() : errorNumbers(ERROR_ENUMS[row.error])
    this.#answersBits = row.returns === 'uint64_t'
  }

  /** How many arguments the function takes. */
  get arity(): number {
    return this.#decode.length + (this.hasInstance ? 1 : 0)
  }

  /** Answers the call that stands in the frame. Throws what the function throws. */
  run(frame: Frame, tox: CoreInstance | undefined): void {
    const decode = this.#decode
    const call = this.#call
    if (!this.hasInstance) return this.#answer(frame, call(...decode.map((one, index) => one(frame, index))))
    // Without an array for the few arguments that most functions have.
    switch (decode.length) {
      case 0:
        return this.#answer(frame, call(tox))
      case 1:
        return this.#answer(frame, call(tox, decode[0]!(frame, 0)))
      case 2:
        return this.#answer(frame, call(tox, decode[0]!(frame, 0), decode[1]!(frame, 1)))
      default:
        return this.#answer(frame, call(tox, ...decode.map((one, index) => one(frame, index))))
    }
  }

  #answer(frame: Frame, answer: CoreAnswer): void {
    if (typeof answer === 'object' && 'ok' in answer) {
      if (answer.ok) return this.#answerValue(frame, answer.value)
      const error = this.#errors.get(answer.error)
      if (error === undefined) throw new Error(`${this.name} has no error named ${answer.error}`)
      return frame.fail(error)
    }
    this.#answerValue(frame, answer)
  }

  #answerValue(frame: Frame, value: CoreValue): void {
    if (typeof value === 'number' && !this.#answersBits) frame.answerNumber(value)
    else if (value === undefined) frame.answerNumber(1)
    else if (typeof value === 'boolean') frame.answerNumber(value ? 1 : 0)
    else if (typeof value === 'object') frame.answerBytes(value)
    else frame.answerBits(BigInt(value))
  }
}

/** The routine of each row; throws when a row has no function or a function no row. */
export function routinesOf(rows: readonly SignatureRow[], functions: CoreFunctions): readonly Routine[] {
  const names = new Set(rows.map(({ name }) => name))
  for (const name of Object.keys(functions)) {
    if (!names.has(name)) throw new Error(`the table has no row for ${name}`)
  }
  return rows.map((row) => {
    const call = functions[row.name]
    if (call === undefined) throw new Error(`the core has no function ${row.name}`)
    return new Routine(row, call)
  })
}

/** Undefined for what is no argument of the core's function. */
function decoderOf(parameter: Parameter): Decode | undefined {
  switch (parameter.kind) {
    case 'scalar':
      if (parameter.type === 'bool') return (frame, index) => frame.number(index) !== 0
      if (parameter.type === 'uint64_t') return (frame, index) => frame.bits(index)
      return (frame, index) => frame.number(index)
    case 'fixed':
    case 'data':
      return (frame, index) => frame.bytes(index)
    case 'out':
    case 'ignored':
      return undefined
    default:
      return parameter satisfies never
  }
}

function errorNumbers(enumerators: readonly string[]): ReadonlyMap<string, number> {
  return new Map(enumerators.map((name, number) => [name.toLowerCase().replaceAll('_', '-'), number]))
}
