// A router that keeps a list: it gives what it is asked for, unless told to refuse.

import { Endpoint } from '../../src/base/index.js'
import { type Gateway, GatewayError, type MappedPort, type WantedPort } from '../../src/host/port-mapping/gateway.js'

export class FakeGateway implements Gateway {
  readonly method = 'pcp'
  /** `'udp 33445'`. */
  readonly held = new Set<string>()
  /** How often it was asked for a port. */
  asked = 0
  lifetimeS = 7200
  outside = '9.8.7.6'
  isClosed = false
  refuses = (_wanted: WantedPort): boolean => false
  /** What it waits for before it answers. */
  delay: Promise<void> = Promise.resolve()

  async map(wanted: WantedPort): Promise<MappedPort> {
    this.asked++
    await this.delay
    if (this.refuses(wanted)) throw new GatewayError('not today')
    this.held.add(nameOf(wanted))
    const external = Endpoint.parse(this.outside, wanted.port)!
    return { ...wanted, method: 'pcp', external, lifetimeS: this.lifetimeS }
  }

  async unmap(held: MappedPort): Promise<void> {
    await this.delay
    if (this.refuses(held)) throw new GatewayError('not today')
    this.held.delete(nameOf(held))
  }

  close(): void {
    this.isClosed = true
  }
}

const nameOf = ({ protocol, port }: WantedPort): string => `${protocol} ${port}`
