// What a node does when it may have another address than before: those who know it shall know that, and whoever it seeks may
// seek it as well.

import type { Env } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import type { Asker } from './asker.js'
import type { Bootstrapper } from './bootstrapper.js'
import type { Neighbourhood } from './neighbourhood.js'
import type { Receiver } from './receiver.js'
import type { Upkeep } from './upkeep.js'

/** As many as a search keeps, and some that others may know better. */
const SHOWN_TO = 12

export interface WhereaboutsParts {
  readonly env: Env
  readonly ownPublicKey: DhtPublicKey
  readonly asker: Asker
  readonly receiver: Receiver
  readonly neighbourhood: Neighbourhood
  readonly upkeep: Upkeep
  readonly bootstrapper: Bootstrapper
  /** Absent where the networks that we are on are not greeted. */
  readonly lan: { greet(): void } | undefined
}

export class Whereabouts {
  constructor(private readonly parts: WhereaboutsParts) {}

  /**
   * Our addresses have changed, or the machine slept: all nodes are asked again at once, so that they learn where we are, and
   * what was sought counts as lost until it answers.
   */
  networkChanged(): void {
    const { receiver, upkeep, bootstrapper, neighbourhood, lan } = this.parts
    lan?.greet()
    receiver.forgetOwnEndpoints()
    this.show()
    upkeep.restart()
    bootstrapper.restart(neighbourhood.knownNodes())
  }

  /**
   * Asks the nodes nearest to our own key, whoever looks for us asks the same ones: they ping back at the address that they
   * see, and tell it from then on.
   */
  show(): void {
    const { env, ownPublicKey, asker, neighbourhood } = this.parts
    const { count, nodes } = neighbourhood.table.nearest(ownPublicKey, SHOWN_TO, env.clock.now())
    for (const node of nodes.slice(0, count)) {
      for (const one of [node!.v6, node!.v4]) {
        if (one !== undefined) asker.ask(one.endpoint, node!.publicKey, ownPublicKey)
      }
    }
  }

  /** Asks two of all nodes that were ever known, one after the other: does anybody answer at all? */
  feel(): void {
    const { bootstrapper, neighbourhood } = this.parts
    bootstrapper.feel(neighbourhood.knownNodes())
  }
}
