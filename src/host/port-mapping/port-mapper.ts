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
  /** Routers to ask, the first that gives a port being the one; those of the local networks unless given. */
  readonly routers?: (signal: AbortSignal) => AsyncIterable<Gateway>
}

export class PortMapper {
  readonly #states = new Map<WantedPort, PortMappingState>()
  readonly #stop = new AbortController()
  #gateway: Gateway | undefined
  #timer: NodeJS.Timeout | undefined
  #retryMs = RETRY_FIRST_MS
  #round: Promise<void> | undefined

  constructor(private readonly options: PortMapperOptions) {}

  /** Begins; returns at once. */
  start(): void {
    this.#round ??= this.#runRound().finally(() => {
      this.#round = undefined
    })
  }

  /** After a change of networks: looks for the router anew. */
  restart(): void {
    this.#retryMs = RETRY_FIRST_MS
    const begin = (): void => {
      if (this.#stop.signal.aborted) return
      this.#forgetGateway()
      this.start()
    }
    if (this.#round === undefined) begin()
    else void this.#round.then(begin)
  }

  get states(): PortMappingState[] {
    return [...this.#states.values()]
  }

  /** Gives all ports back, unless the router takes too long. Never rejects. */
  async close(): Promise<void> {
    this.#stop.abort()
    clearTimeout(this.#timer)
    const goodbye = async (): Promise<void> => {
      await this.#round
      for (const { mapped } of this.#states.values()) {
        if (mapped !== undefined) await this.#gateway?.unmap(mapped).catch(() => {})
      }
    }
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GOODBYE_MS)
    })
    await Promise.race([goodbye(), tooLong])
    clearTimeout(timer)
    this.#forgetGateway()
  }

  async #runRound(): Promise<void> {
    clearTimeout(this.#timer)
    let failures = 0
    let renewMs = RENEW_MAX_MS
    for (const wanted of this.options.ports) {
      try {
        const mapped = await this.#map(wanted)
        if (mapped.lifetimeS > 0) renewMs = Math.min(renewMs, Math.max(RENEW_MIN_MS, (mapped.lifetimeS * 1000) / 2))
        this.#tell({ wanted, mapped })
      } catch (error) {
        failures++
        this.#tell({ wanted, failure: error instanceof GatewayError ? error.message : String(error) })
      }
    }
    if (this.#stop.signal.aborted) return
    if (failures === this.options.ports.length) this.#forgetGateway()
    this.#timer = setTimeout(() => this.start(), failures === 0 ? renewMs : this.#retryMs)
    this.#timer.unref()
    this.#retryMs = failures === 0 ? RETRY_FIRST_MS : Math.min(2 * this.#retryMs, RETRY_MAX_MS)
  }

  async #map(wanted: WantedPort): Promise<MappedPort> {
    if (this.#stop.signal.aborted) throw new GatewayError('closed')
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

  /** What changes nothing is not told. */
  #tell(state: PortMappingState): void {
    const before = this.#states.get(state.wanted)
    this.#states.set(state.wanted, state)
    const isNews = before === undefined || describe(before) !== describe(state)
    if (isNews && !this.#stop.signal.aborted) this.options.onChange(state)
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

function describe(state: PortMappingState): string {
  return state.mapped === undefined ? state.failure : `${state.mapped.method} ${state.mapped.external}`
}
