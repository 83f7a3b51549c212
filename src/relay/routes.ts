// The routes of one relay client: an id, 16 to 255, for each other client that it asked for. Only where both ask for each other
// the routes are joined, and data flows. Spec: TCP server, routing.

import { bytesKey } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import { ROUTE_ID_FIRST, ROUTES_MAX } from '../packet/relay/index.js'
import type { RelayClient } from './relay-client.js'

export interface Route {
  readonly id: number
  /** Whom the client asked for. */
  readonly publicKey: DhtPublicKey
  /** The other client and its route to this one, while both are there. */
  joined: { readonly client: RelayClient; readonly route: Route } | undefined
}

export class Routes {
  /** By id. Most clients have a handful, so there is no array of 240. */
  readonly #byId = new Map<number, Route>()
  readonly #byKey = new Map<string, Route>()

  get(id: number): Route | undefined {
    return this.#byId.get(id)
  }

  to(publicKey: DhtPublicKey): Route | undefined {
    return this.#byKey.get(bytesKey(publicKey))
  }

  /** A new route, under the lowest free id; undefined when all 240 are taken. */
  add(publicKey: DhtPublicKey): Route | undefined {
    if (this.#byId.size === ROUTES_MAX) return undefined
    let id = ROUTE_ID_FIRST
    while (this.#byId.has(id)) id++
    const route: Route = { id, publicKey, joined: undefined }
    this.#byId.set(id, route)
    this.#byKey.set(bytesKey(publicKey), route)
    return route
  }

  remove(route: Route): void {
    this.#byId.delete(route.id)
    this.#byKey.delete(bytesKey(route.publicKey))
  }

  [Symbol.iterator](): IterableIterator<Route> {
    return this.#byId.values()
  }
}
