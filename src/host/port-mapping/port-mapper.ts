// Keeps ports of ours open at the router of a home: asked for, renewed at half of their lifetime, given back at the end. Without
// a router that gives ports nothing is lost: it is asked again, ever more rarely, and what is wrong is told.

import { defaultGateways, type Gateway, GatewayError, type MappedPort, type WantedPort } from './gateway.js'
import { PcpGateway } from './pcp.js'
import { searchRouters } from './ssdp.js'
import { UpnpGateway } from './upnp.js'

/** RFC 6886, 3.3: two hours. */
const LIFETIME_S = 7200
/** A router that forgets us (it restarts) is noticed within this time, since few tell. */
const RENEW_MAX_MS = 15 * 60_000
const RENEW_MIN_MS = 30_000
const RETRY_FIRST_MS = 60_000
const RETRY_MAX_MS = 3_600_000
const SEARCH_MS = 3000
const ROUTERS_MAX = 2
/** How long the end of the program waits for a router to take its ports back. */
const GOODBYE_MS = 1500

export type PortMappingState =
  | { readonly wanted: WantedPort; readonly mapped: MappedPort }
  /** Nothing is mapped, and why. */
  | { readonly wanted: WantedPort; readonly mapped?: undefined; readonly failure: string }

export interface PortMapperOptions {
  readonly ports: readonly WantedPort[]
  /** Hears of each port that is mapped, mapped elsewhere or no longer mapped. */
  readonly onChange: (state: PortMappingState) => void
  /** Hears of each port that was mapped and is not wanted any more: the router has taken it back, or why it has not. */
  readonly onRelease?: (wanted: WantedPort, failure?: string) => void
  /** Routers to ask, the first that gives a port being the one; those of the local networks unless given. */
  readonly routers?: (signal: AbortSignal) => AsyncIterable<Gateway>
}

export class PortMapper {
  readonly #states = new Map<WantedPort, PortMappingState>()
  readonly #stop = new AbortController()
  #ports: readonly WantedPort[]
  #gateway: Gateway | undefined
  #timer: NodeJS.Timeout | undefined
  #retryMs = RETRY_FIRST_MS
  #round: Promise<void> | undefined
  /** Something has changed while a round runs: another one follows it. */
  #isToRepeat = false
  #hasMoved = false

  constructor(private readonly options: PortMapperOptions) {
    this.#ports = options.ports
  }

  /** Begins; returns at once. */
  start(): void {
    if (this.#stop.signal.aborted) return
    this.#isToRepeat = this.#round !== undefined
    this.#round ??= this.#runRound().finally(() => {
      this.#round = undefined
      if (this.#isToRepeat) this.start()
    })
  }

  /** After a change of networks: looks for the router anew. */
  restart(): void {
    this.#hasMoved = true
    this.#retryMs = RETRY_FIRST_MS
    this.start()
  }

  /** Other ports from now on. Those that stay are held, and asked for at once; those that are gone are given back. */
  setPorts(ports: readonly WantedPort[]): void {
    this.#ports = ports.map((one) => this.#ports.find((known) => isSame(known, one)) ?? one)
    this.#retryMs = RETRY_FIRST_MS
    this.start()
  }

  get states(): PortMappingState[] {
    return this.#ports.flatMap((wanted) => this.#states.get(wanted) ?? [])
  }

  /** Gives all ports back, unless the router takes too long. Never rejects. */
  async close(): Promise<void> {
    this.#stop.abort()
    clearTimeout(this.#timer)
    this.#ports = []
    const goodbye = async (): Promise<void> => {
      await this.#round
      await this.#release()
    }
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GOODBYE_MS)
    })
    await Promise.race([goodbye(), tooLong])
    clearTimeout(timer)
    for (const state of [...this.#states.values()]) this.#forget(state, 'it took too long')
    this.#forgetGateway()
  }

  async #runRound(): Promise<void> {
    clearTimeout(this.#timer)
    if (this.#hasMoved) this.#forgetGateway()
    this.#hasMoved = false
    const ports = this.#ports
    await this.#release()
    let failures = 0
    let renewMs = RENEW_MAX_MS
    for (const wanted of ports) {
      // Not any more, or the end has come: it is to be given back.
      if (!this.#ports.includes(wanted)) continue
      try {
        const mapped = await this.#map(wanted)
        if (mapped.lifetimeS > 0) renewMs = Math.min(renewMs, Math.max(RENEW_MIN_MS, (mapped.lifetimeS * 1000) / 2))
        this.#tell({ wanted, mapped })
      } catch (error) {
        failures++
        this.#tell({ wanted, failure: error instanceof GatewayError ? error.message : String(error) })
      }
    }
    if (this.#stop.signal.aborted || ports.length === 0) return
    const isNoneMapped = failures === ports.length
    if (isNoneMapped) this.#forgetGateway()
    // A port that is refused again and again must not let the others run out.
    const retryMs = isNoneMapped ? this.#retryMs : Math.min(this.#retryMs, renewMs)
    this.#timer = setTimeout(() => this.start(), failures === 0 ? renewMs : retryMs)
    this.#timer.unref()
    this.#retryMs = failures === 0 ? RETRY_FIRST_MS : Math.min(2 * this.#retryMs, RETRY_MAX_MS)
  }

  async #map(wanted: WantedPort): Promise<MappedPort> {
    const held = this.#states.get(wanted)?.mapped
    return this.#gateway === undefined ? this.#mapAnew(wanted, held) : this.#gateway.map(wanted, LIFETIME_S, held)
  }

  /** The first router that gives the port is the one that is asked from then on. */
  async #mapAnew(wanted: WantedPort, held: MappedPort | undefined): Promise<MappedPort> {
    let refusal = new GatewayError('no router that gives ports answers (PCP, NAT-PMP, UPnP)')
    for await (const gateway of (this.options.routers ?? routersNear)(this.#stop.signal)) {
      try {
        const mapped = await gateway.map(wanted, LIFETIME_S, held)
        this.#gateway = gateway
        return mapped
      } catch (error) {
        gateway.close()
        if (error instanceof GatewayError) refusal = error
      }
    }
    throw refusal
  }

  #forgetGateway(): void {
    this.#gateway?.close()
    this.#gateway = undefined
  }

  /** Gives back what is not wanted any more. */
  async #release(): Promise<void> {
    for (const state of [...this.#states.values()]) {
      if (this.#ports.includes(state.wanted)) continue
      const failure = await this.#unmap(state).catch((error: Error) => error.message)
      this.#forget(state, failure)
    }
  }

  /** Resolves with why the router was not asked. */
  async #unmap({ mapped }: PortMappingState): Promise<string | undefined> {
    if (mapped === undefined) return undefined
    if (this.#gateway === undefined) return 'its router is gone'
    await this.#gateway.unmap(mapped)
    return undefined
  }

  /** Says once what became of a port that was mapped. */
  #forget(state: PortMappingState, failure: string | undefined): void {
    const isKnown = this.#states.get(state.wanted) === state && this.#states.delete(state.wanted)
    if (isKnown && state.mapped !== undefined) this.options.onRelease?.(state.wanted, failure)
  }

  /** What changes nothing is not told, nor what is not wanted any more. */
  #tell(state: PortMappingState): void {
    const before = this.#states.get(state.wanted)
    this.#states.set(state.wanted, state)
    const isNews = before === undefined || describe(before) !== describe(state)
    if (isNews && this.#ports.includes(state.wanted)) this.options.onChange(state)
  }
}

/** The system's own routers by PCP and NAT-PMP, which answer at once, then whoever answers to UPnP. */
async function* routersNear(signal: AbortSignal): AsyncGenerator<Gateway> {
  for (const host of defaultGateways().slice(0, ROUTERS_MAX)) {
    const gateway = await PcpGateway.open(host).catch(() => undefined)
    if (gateway !== undefined) yield gateway
  }
  for await (const router of searchRouters(SEARCH_MS, signal)) {
    const gateway = await UpnpGateway.open(router).catch(() => undefined)
    if (gateway !== undefined) yield gateway
  }
}

function isSame(a: WantedPort, b: WantedPort): boolean {
  return a.protocol === b.protocol && a.port === b.port
}

function describe(state: PortMappingState): string {
  return state.mapped === undefined ? state.failure : `${state.mapped.method} ${state.mapped.external}`
}
