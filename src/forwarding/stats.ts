// What a forwarding node has done, for its owner.

export class ForwardingStats {
  /** Packets passed on to a node for somebody. */
  forwarded = 0
  /** Answers passed back. */
  returned = 0
  /** Requests that ended their way here. */
  requestsReceived = 0
}
