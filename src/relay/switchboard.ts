// Who reaches whom through our relay: joins the routes of clients that ask for each other, and passes their data. Spec: TCP server.

import { bytesKey, sameBytes } from '../base/index.js'
import { encode } from '../codec/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import {
  OobReceived,
  type OobSend,
  RelayPacketKind,
  ROUTE_REFUSED,
  RouteConnected,
  RouteDisconnected,
  RoutingResponse,
} from '../packet/relay/index.js'
import type { RelayClient } from './relay-client.js'
import type { Route } from './routes.js'

export class Switchboard {
  readonly #clients = new Map<string, RelayClient>()

  get size(): number {
    return this.#clients.size
  }

  /** Takes a client in; the one that had its key before, if any, which has to go. */
  add(client: RelayClient): RelayClient | undefined {
    const key = bytesKey(client.publicKey)
    const before = this.#clients.get(key)
    this.#clients.set(key, client)
    return before
  }

  /** Tells all who were joined with `client`, and forgets it. */
  remove(client: RelayClient): void {
    const key = bytesKey(client.publicKey)
    if (this.#clients.get(key) === client) this.#clients.delete(key)
    for (const route of [...client.routes]) this.#drop(client, route)
  }

  /** Answers a routing request, and joins the two clients when the other has asked as well. */
  request(client: RelayClient, publicKey: DhtPublicKey): void {
    const kind = RelayPacketKind.ROUTING_RESPONSE
    const known = client.routes.to(publicKey)
    const isOwn = sameBytes(publicKey, client.publicKey)
    const route = known ?? (isOwn ? undefined : client.routes.add(publicKey))
    client.control(encode(RoutingResponse, { kind, id: route?.id ?? ROUTE_REFUSED, publicKey }))
    if (route === undefined || known !== undefined) return
    const other = this.#clients.get(bytesKey(publicKey))
    const theirs = other?.routes.to(client.publicKey)
    if (theirs === undefined || theirs.joined !== undefined) return
    route.joined = { client: other!, route: theirs }
    theirs.joined = { client, route }
    client.control(encode(RouteConnected, { kind: RelayPacketKind.CONNECTED, id: route.id }))
    other!.control(encode(RouteConnected, { kind: RelayPacketKind.CONNECTED, id: theirs.id }))
  }

  /** The client gives a route up; false when it has none of this id. */
  giveUp(client: RelayClient, id: number): boolean {
    const route = client.routes.get(id)
    if (route !== undefined) this.#drop(client, route)
    return route !== undefined
  }

  /** Passes data on: its first byte is the route's id. False when there is no such route. Writes to `packet`. */
  pass(client: RelayClient, packet: Uint8Array): boolean {
    const route = client.routes.get(packet[0]!)
    if (route === undefined) return false
    const { joined } = route
    // The other end may have gone a moment ago, or may not have come yet: no fault of the sender's.
    if (joined === undefined) return true
    packet[0] = joined.route.id
    joined.client.data(packet)
    return true
  }

  /** Passes a packet on to a client that is there, without a route. */
  oob(client: RelayClient, { receiver, data }: OobSend): void {
    const packet = { kind: RelayPacketKind.OOB_RECEIVED, sender: client.publicKey, data }
    this.#clients.get(bytesKey(receiver))?.data(encode(OobReceived, packet))
  }

  #drop(client: RelayClient, route: Route): void {
    client.routes.remove(route)
    const { joined } = route
    if (joined === undefined) return
    route.joined = undefined
    joined.route.joined = undefined
    joined.client.control(encode(RouteDisconnected, { kind: RelayPacketKind.DISCONNECTED, id: joined.route.id }))
  }
}
