// Our way to one peer on one relay: asked for, then given an id by the relay, then joined when the peer asks for us as well.

import type { DhtPublicKey } from '../crypto/keys.js'
import { ROUTE_ID_FIRST } from '../packet/relay/index.js'

/** Whoever wants the route. */
export interface RouteUser {
  /** Its `state` changed, through the relay. */
  onRouteState(route: RelayRoute): void
  /** A packet of the peer: a view valid until this returns. */
  onRouteData(packet: Uint8Array): void
}

export type RouteState =
  /** The relay has not answered yet. */
  | 'asked'
  /** The relay has no room for it. */
  | 'refused'
  /** The relay knows that we want the peer. */
  | 'registered'
  /** The peer wants us too: data flows. */
  | 'online'

export class RelayRoute {
  /** @internal Set by the connection. */
  state: RouteState = 'asked'
  /** @internal 16 to 255; 0 while there is none. */
  id = 0

  constructor(
    /** The peer's. */
    readonly publicKey: DhtPublicKey,
    readonly user: RouteUser,
  ) {}
}

/** The routes of one connection to a relay, by id and by key: at most 240 have an id. */
export class RouteTable {
  readonly #byId: (RelayRoute | undefined)[] = []
  readonly #byKey = new Map<string, RelayRoute>()

  /** The route with this id. */
  get(id: number): RelayRoute | undefined {
    return this.#byId[id - ROUTE_ID_FIRST]
  }

  find(key: string): RelayRoute | undefined {
    return this.#byKey.get(key)
  }

  add(key: string, route: RelayRoute): void {
    this.#byKey.set(key, route)
  }

  /** Gives a route its id. */
  register(route: RelayRoute, id: number): void {
    route.id = id
    this.#byId[id - ROUTE_ID_FIRST] = route
  }

  remove(key: string): RelayRoute | undefined {
    const route = this.#byKey.get(key)
    this.#byKey.delete(key)
    if (route !== undefined && route.id !== 0) this.#byId[route.id - ROUTE_ID_FIRST] = undefined
    return route
  }
}
