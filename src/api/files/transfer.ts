// File transfers as users of the Node API hold them. The object stays the same over lost connections, until it is over.

import type { EventEmitter } from 'node:events'
import type { Writable } from 'node:stream'
import type { WritableStream } from 'node:stream/web'
import type { Friend } from '../friend.js'

/** `'data'` is any file; `'avatar'` a picture of the sender, whose file id is its SHA-256; numbers are the applications' own. */
export type FileKindName = 'data' | 'avatar' | number

/**
 * - `waiting`: the friend is offline, or has not offered it again yet, or too many transfers are under way; it goes on by itself;
 * - `offered`: nobody has accepted it yet;
 * - `transferring`, `paused`: accepted; `pausedBy` says who paused it;
 * - `done`: the friend has all of it, or we have it under its final name;
 * - `cancelled`: by us or by the friend; `failed`: for another reason, as `finished` says.
 */
export type TransferState = 'waiting' | 'offered' | 'transferring' | 'paused' | 'done' | 'cancelled' | 'failed'

export interface TransferEventMap {
  /** It has come further; ten times a second at most, and at the end. */
  progress: [position: bigint]
  state: [state: TransferState, previous: TransferState]
  pause: [by: 'us' | 'friend']
  resume: [by: 'us' | 'friend']
}

export interface Transfer extends EventEmitter<TransferEventMap> {
  readonly direction: 'sending' | 'receiving'
  readonly friend: Friend
  /** What the protocol knows it by: 64 upper-case hex digits. */
  readonly fileId: string
  /** As the sender wrote it: any text at all. Never a path: see `IncomingTransfer.safeName`. */
  readonly name: string
  readonly kind: FileKindName
  /** In bytes; `undefined` while only the sender's stream knows where it ends. */
  readonly size: bigint | undefined
  /** So many bytes have been given to the path, or have arrived. */
  readonly position: bigint
  readonly state: TransferState
  readonly pausedBy: 'us' | 'friend' | 'both' | undefined
  /** Whether it was begun by an earlier process and goes on in this one. */
  readonly isResumed: boolean
  /**
   * Resolves when the friend has everything, or we have, safely on disk under its final name. Rejects with ToxError:
   * `TOX_ERR_TS_FILE_CANCELLED`, `…_FILE_CHANGED`, `…_FILE_UNREADABLE`, `…_FILE_UNWRITABLE`, `…_FILE_EXISTS`,
   * `…_FILE_INTERRUPTED` (the connection was lost, and it cannot go on), `…_CLOSED`. Nobody needs to look at it.
   */
  readonly finished: Promise<void>
  /** Stops the flow until `resume()`; may be called before it is accepted. Calling it twice does nothing. */
  pause(): void
  resume(): void
  /** Ends it for good on both sides. What was received in part is deleted. */
  cancel(): void
  toJSON(): Record<string, unknown>
}

export interface OutgoingTransfer extends Transfer {
  readonly direction: 'sending'
  /** The file that is sent; `undefined` for bytes and streams. */
  readonly path: string | undefined
}

export interface AcceptOptions {
  /** Replaces an existing file (not a folder, and not one that is read-only) at the end. Otherwise that is an error. */
  readonly overwrite?: boolean
  /** Goes on after a restart of the program. True for paths unless told, false for avatars. */
  readonly resume?: boolean
}

export interface IncomingTransfer extends Transfer {
  readonly direction: 'receiving'
  /**
   * `name` as a file name: without separators, control characters and leading dots, 1 to 255 bytes, no name that a system
   * reserves. Two transfers may have the same.
   */
  readonly safeName: string
  /** Where it is written, absolute; `undefined` before it is accepted, and for streams. */
  readonly path: string | undefined
  /**
   * Accepts it. A path gets the file when it is complete; until then it grows under another name beside it. Streams are
   * closed at the end, and destroyed when it fails; while they are slow, the friend is paused. Resolves once the target is
   * open and the friend knows (or will, when they are online); rejects, and it stays offered, when the target cannot be
   * used: `TOX_ERR_TS_FILE_EXISTS`, `…_FILE_UNWRITABLE`, `…_FILE_ACCEPTED` (it has a target already).
   */
  accept(target: string | URL | WritableStream<Uint8Array> | Writable, options?: AcceptOptions): Promise<void>
  /** Refuses the offer: `cancel()` by another name. */
  reject(): void
  /** Accepts it and gives its bytes in pieces as they come; leaving the loop cancels it. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array>
}
