// The core of the C library: all instances of the process behind one entry, `call`. Nothing that happens inside may end the
// host: every exception becomes a log record and a failed call.

import { fail, ok, type Result } from '../../src/base/index.js'
import { openNative } from '../../src/crypto/backend/native.js'
import { type Crypto, withRandom } from '../../src/crypto/index.js'
import { PooledRandom } from '../../src/host/pooled-random.js'
import { CORE_FUNCTIONS } from '../table/functions.js'
import type { HostBinding } from './binding.js'
import { CallerClock } from './clock.js'
import { type Routine, routinesOf } from './dispatcher.js'
import { Frame } from './frame.js'
import { coreFunctions } from './functions/index.js'
import type { CoreInstance, InstanceOptions, NewError } from './instance.js'
import { openInstance } from './instance.js'
import { LogQueue } from './log.js'

/** Stands for an instance that is being made, or could not be. */
const NO_INSTANCE = 0
const LAST_NUMBER = 2 ** 32 - 1

export class Core {
  readonly #binding: HostBinding
  readonly #frame: Frame
  readonly #routines: readonly Routine[]
  readonly #instances = new Map<number, CoreInstance>()
  /** Of instances that could not be made. */
  readonly log = new LogQueue()
  #lastNumber = NO_INSTANCE
  #nowMs = 0

  constructor(binding: HostBinding) {
    this.#binding = binding
    this.#frame = new Frame(binding)
    this.#routines = routinesOf(CORE_FUNCTIONS, coreFunctions(this))
    binding.setCall((functionNumber, instanceNumber) => this.#call(functionNumber, instanceNumber))
    binding.setReserve((size) => this.#frame.reserve(size))
  }

  /** The number of a new instance. */
  open(options: InstanceOptions): Result<number, NewError> {
    const number = this.#freeNumber()
    const log = new LogQueue()
    // The program learns the number afterwards.
    let knownAs = NO_INSTANCE
    const random = new PooledRandom((target) => this.#binding.random(knownAs, target))
    const opened = openInstance(options, {
      crypto: withRandom(nativeCrypto(), random),
      random,
      log,
      clock: new CallerClock(this.#nowMs, Date.now()),
    })
    if (!opened.ok) {
      this.log.adopt(log)
      return fail(opened.error)
    }
    knownAs = number
    this.#instances.set(number, opened.value)
    return ok(number)
  }

  kill(tox: CoreInstance): void {
    for (const [number, one] of this.#instances) if (one === tox) this.#instances.delete(number)
    tox.close()
  }

  #call(functionNumber: number, instanceNumber: number): boolean {
    const routine = this.#routines[functionNumber]
    const tox = this.#instances.get(instanceNumber)
    const log = tox?.log ?? this.log
    try {
      if (routine === undefined) throw new Error(`there is no function ${functionNumber}`)
      const callerMs = this.#frame.begin()
      if (routine.hasClock) this.#tick(callerMs, tox)
      if (tox === undefined && routine.hasInstance && instanceNumber !== NO_INSTANCE)
        throw new Error(`there is no instance ${instanceNumber}`)
      routine.run(this.#frame, tox)
      if (routine.changes) tox?.changed()
      return true
    } catch (error) {
      log.mistake(error)
      tox?.failed()
      return false
    } finally {
      this.#frame.logs = log.size
      if (routine?.changes === false) this.#frame.restAsBefore()
      else if (tox !== undefined) this.#frame.rest(tox.descriptor, tox.restsUntilMs)
    }
  }

  #tick(callerMs: number, tox: CoreInstance | undefined): void {
    this.#nowMs = callerMs
    tox?.clock.set(callerMs)
  }

  /** Numbers rise; only after four billion do they begin again, past those that live. */
  #freeNumber(): number {
    do this.#lastNumber = this.#lastNumber === LAST_NUMBER ? 1 : this.#lastNumber + 1
    while (this.#instances.has(this.#lastNumber))
    return this.#lastNumber
  }
}

function nativeCrypto(): Crypto {
  const crypto = openNative()
  if ('missing' in crypto) throw new Error(`no crypto: ${crypto.missing}`)
  return crypto
}
