// Opens TCP connections without anybody between. Names are none of its business: the library resolves them on the program's
// thread, before it calls the core, or leaves them to a proxy.

import { type Deadline, Endpoint, type Env, type Millis } from '../../../src/base/index.js'
import type {
  DialAttempt,
  DialFailure,
  DialHandler,
  StreamDialer,
  StreamTarget,
} from '../../../src/transport/stream.js'
import { dialFailure } from './errors.js'
import type { TcpMover, Watched } from './mover.js'
import { type NativeTcp, nativeTcp, WRITABLE } from './native.js'
import { TcpStream } from './stream.js'

/** As c-toxcore: TCP_CONNECTION_TIMEOUT. */
export const CONNECT_TIMEOUT_MS: Millis = 10_000

export class TcpDialer implements StreamDialer {
  constructor(
    private readonly mover: TcpMover,
    private readonly env: Pick<Env, 'clock' | 'deadlines'>,
  ) {}

  dial(to: StreamTarget, handler: DialHandler): DialAttempt {
    if (to instanceof Endpoint) return new Attempt(this.mover, this.env, to, handler)
    return failing(this.mover, handler, { code: 'not-resolved', text: 'a name that nobody has resolved' })
  }
}

/** An attempt that has failed already. */
function failing(mover: TcpMover, handler: DialHandler, failure: DialFailure): DialAttempt {
  let isCancelled = false
  mover.later(() => {
    if (!isCancelled) handler.onFailed(failure)
  })
  return {
    cancel() {
      isCancelled = true
    },
  }
}

class Attempt implements DialAttempt, Watched {
  readonly #socket: NativeTcp
  readonly #deadline: Deadline
  readonly #key: number
  #isOver = false

  constructor(
    private readonly mover: TcpMover,
    { clock, deadlines }: Pick<Env, 'clock' | 'deadlines'>,
    private readonly to: Endpoint,
    private readonly handler: DialHandler,
  ) {
    const { TcpSocket } = nativeTcp()
    this.#socket = new TcpSocket()
    this.#key = mover.newKey()
    this.#deadline = deadlines.create('TCP connect', () => this.#fail({ code: 'timeout', text: 'no answer' }))
    const begun = this.#begin()
    if (begun < 0) mover.later(() => this.#fail(dialFailure(begun)))
    else this.#deadline.set(clock.now() + CONNECT_TIMEOUT_MS)
  }

  ready(): void {
    const outcome = this.#socket.outcome()
    if (outcome < 0) return this.#fail(dialFailure(outcome))
    this.#isOver = true
    this.#deadline.clear()
    const stream = new TcpStream(this.mover, this.#socket, this.#key, this.to)
    stream.read(this.handler.onConnected(stream))
  }

  destroy(): void {
    this.cancel()
  }

  cancel(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#deadline.clear()
    this.mover.forget(this.#key)
    this.#socket.close()
  }

  #begin(): number {
    const { family, address, port } = this.to
    const begun = this.#socket.connect(family, address, port)
    return begun < 0 ? begun : this.mover.watch(this.#key, this.#socket.descriptor(), WRITABLE, this)
  }

  #fail(failure: DialFailure): void {
    if (this.#isOver) return
    this.cancel()
    this.handler.onFailed(failure)
  }
}
