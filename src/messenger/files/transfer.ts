// One file on its way, in either direction. Spec: Messenger, File transfers.

import type { Millis } from '../../base/index.js'

/**
 * Offered: not accepted yet. Transferring: accepted, and perhaps paused. Sent: all of it is on its way, not yet acknowledged
 * (only files that we send).
 */
export type TransferState = 'offered' | 'transferring' | 'sent'

abstract class Transfer {
  state: TransferState = 'offered'
  isPausedByUs = false
  isPausedByFriend = false
  /** So much has been sent or received. */
  position = 0n

  constructor(
    /** The number on the wire, 0 to 255; each direction counts for itself. */
    readonly slot: number,
    readonly size: bigint,
    readonly fileId: Uint8Array,
  ) {}

  /** The number by which the user knows it. */
  abstract get number(): number
}

export class ReceivingFile extends Transfer {
  override get number(): number {
    return (this.slot + 1) << 16
  }
}

export class SendingFile extends Transfer {
  /** So much has been asked of the user. */
  requested = 0n
  /** How many requests for chunks wait for the user. */
  unanswered = 0
  /** When the user last answered, or when the oldest of the requests that wait was made. */
  activeMs: Millis = 0
  /** Once sent: the packet with its end. */
  lastPacketNumber = 0

  override get number(): number {
    return this.slot
  }

  /** Whether the user is to be asked for more, or an empty file is to be sent. */
  get wantsTurn(): boolean {
    if (this.state !== 'transferring' || this.isPausedByUs || this.isPausedByFriend) return false
    return this.requested < this.size || this.size === 0n
  }
}

export type FileTransfer = ReceivingFile | SendingFile
