// A Tox and its network: whether it is joined, through what, and what more of it there is.

import { toHex } from '../base/index.js'
import type { LongTermPublicKey } from '../crypto/index.js'
import { asRelayNode, type BootstrapNode, type RelayNode } from '../host/nodes-file.js'
import type { ConnectionStatus } from '../messenger/index.js'
import { streamTarget } from './host-network.js'
import type { WaitOptions } from './options.js'
import { type FriendPath, friendPath } from './path.js'
import type { PortMapping } from './port-mappings.js'
import { type Relay, RelayWatch, relayOf } from './relays.js'
import type { Runtime } from './runtime.js'
import { ToxEvents } from './tox-events.js'
import { waitFor } from './wait.js'

export abstract class ToxNetwork extends ToxEvents {
  readonly #runtime: Runtime
  readonly #relayWatch = new RelayWatch()
  #connection: ConnectionStatus = 'none'

  protected constructor(runtime: Runtime) {
    super()
    this.#runtime = runtime
  }

  /** The key of our DHT node in this run: 64 upper-case hex digits. */
  get dhtKey(): string {
    return toHex(this.#runtime.engine.dht.publicKey)
  }

  /** The UDP port that we are bound to; 0 without UDP. */
  get udpPort(): number {
    return this.#runtime.udpPort
  }

  /** The TCP port on which we are a relay for others, if we are. */
  get tcpPort(): number | undefined {
    return this.#runtime.tcpPort
  }

  /** Our ports at the router of the home, with the option `portMapping`. */
  get portMappings(): readonly PortMapping[] {
    return this.#runtime.portMappings
  }

  /** How we are connected to the network. */
  get connection(): ConnectionStatus {
    return this.#connection
  }

  /** Resolves as soon as we are connected to the network. */
  whenConnected({ signal }: WaitOptions = {}): Promise<void> {
    if (this.#connection !== 'none') return Promise.resolve()
    return waitFor('BOOTSTRAP', signal, (resolve, reject) => {
      const onChange = (connection: ConnectionStatus): void => {
        if (connection !== 'none') resolve()
      }
      this.on('connection', onChange)
      this.onClose.add(reject)
      return () => {
        this.off('connection', onChange)
        this.onClose.delete(reject)
      }
    })
  }

  /** Joins the network through one more node, `'HOST:PORT:KEY'` or parsed; asked again until connected. Resolves its host name. */
  async bootstrap(node: string | BootstrapNode, { signal }: WaitOptions = {}): Promise<void> {
    this.assertOpen()
    await this.#runtime.bootstrap(node, signal)
  }

  /** @internal The way that carries the session with this friend. */
  pathTo(publicKey: LongTermPublicKey): FriendPath | undefined {
    const { engine } = this.#runtime
    const info = engine.pathTo(publicKey)
    return info && friendPath(info, engine.env.clock)
  }

  /** The TCP relays that are known: those of the options, of friends, and of the profile. */
  get relays(): Relay[] {
    return this.#runtime.engine.relays?.list.map(relayOf) ?? []
  }

  /** Uses one more TCP relay, `'HOST:PORT:KEY'` or parsed. Throws BootstrapNodeError when it cannot be one. */
  addRelay(relay: string | RelayNode): void {
    this.assertOpen()
    const { host, port, publicKey } = asRelayNode(relay)
    this.#runtime.turn(() => this.#runtime.engine.addRelay(streamTarget(host, port), publicKey))
  }

  /** @internal */
  onConnection(connection: ConnectionStatus): void {
    this.#connection = connection
    this.deliver('connection', connection)
  }

  /** @internal One of the relays changed. */
  onRelays(): void {
    for (const relay of this.#relayWatch.changes(this.relays)) this.deliver('relay', relay)
  }
}
