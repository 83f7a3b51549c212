// Accepting, pausing, resuming, ending and seeking, from our side and from the friend's. Spec: Messenger, FILE_CONTROL.
// A control for a file that we do not have is answered with KILL, as c-toxcore does, so that the friend forgets it too. KILL
// itself is not: two that answer each other's KILL would never stop.

import { fail, ok, type Result } from '../../base/index.js'
import { decode, encode } from '../../codec/index.js'
import { PacketId } from '../../packet/friend/packet-id.js'
import { FileControl, FileControlKind, FileSeekPosition } from '../../packet/messenger/file-control.js'
import { type MessengerContext, onFriendPacket } from '../context.js'
import type { Friend } from '../friend.js'
import type { FileControlError, FileSeekError } from './errors.js'
import type { FileControlName } from './events.js'
import { type FileSender, SLOTS_LEFT_TO_OTHERS } from './sender.js'
import { RECEIVING_NUMBER_FIRST } from './table.js'
import type { FileTables } from './tables.js'
import { type FileTransfer, ReceivingFile, SendingFile } from './transfer.js'

const KIND_OF = {
  resume: FileControlKind.ACCEPT,
  pause: FileControlKind.PAUSE,
  cancel: FileControlKind.KILL,
} as const

const NO_DATA = new Uint8Array(0)

export class FileControls {
  readonly #context: MessengerContext
  readonly #tables: FileTables
  readonly #sender: FileSender

  constructor(context: MessengerContext, tables: FileTables, sender: FileSender) {
    this.#context = context
    this.#tables = tables
    this.#sender = sender
    onFriendPacket(context, PacketId.FILE_CONTROL, (friend, packet) => this.#receive(friend, packet))
  }

  control(friendNumber: number, fileNumber: number, control: FileControlName): Result<void, FileControlError> {
    const friend = this.#context.friends.get(friendNumber)
    if (friend === undefined) return fail('friend-not-found')
    if (friend.state !== 'online') return fail('friend-not-connected')
    const file = this.#tables.known(friend)?.find(fileNumber)
    if (file === undefined) return fail('not-found')
    const refusal = refusalOf(file, control)
    if (refusal !== undefined) return fail(refusal)
    const isReceiver = file instanceof ReceivingFile
    if (!this.#send(friend, isReceiver, file.slot, KIND_OF[control])) return fail('sendq')
    this.#apply(friend, file, control)
    return ok(undefined)
  }

  /** Asks for an offered file from `position` on; then it is accepted as usual. */
  seek(friendNumber: number, fileNumber: number, position: bigint): Result<void, FileSeekError> {
    const friend = this.#context.friends.get(friendNumber)
    if (friend === undefined) return fail('friend-not-found')
    if (friend.state !== 'online') return fail('friend-not-connected')
    if (fileNumber < RECEIVING_NUMBER_FIRST) return fail('denied')
    const file = this.#tables.known(friend)?.find(fileNumber)
    if (file === undefined) return fail('not-found')
    if (file.state !== 'offered') return fail('denied')
    if (position >= file.size) return fail('invalid-position')
    const data = encode(FileSeekPosition, position)
    if (!this.#send(friend, true, file.slot, FileControlKind.SEEK, data)) return fail('sendq')
    file.position = position
    return ok(undefined)
  }

  #apply(friend: Friend, file: FileTransfer, control: FileControlName): void {
    if (control === 'cancel') return this.#tables.get(friend).remove(file)
    file.isPausedByUs = control === 'pause'
    if (control === 'pause') return
    if (file instanceof SendingFile) this.#sender.begin(friend)
    else file.state = 'transferring'
  }

  #receive(friend: Friend, bytes: Uint8Array): void {
    const packet = decode(FileControl, bytes)
    if (packet === undefined) return this.#drop('control malformed')
    const { isReceiver, fileNumber: slot, kind, data } = packet
    const table = this.#tables.get(friend)
    const file = isReceiver ? table.sending(slot) : table.receiving(slot)
    if (file === undefined) return this.#refuse(friend, !isReceiver, slot, kind)
    switch (kind) {
      case FileControlKind.ACCEPT:
        return this.#onAccept(friend, file)
      case FileControlKind.PAUSE:
        if (file.isPausedByFriend || file.state !== 'transferring') return this.#drop('pause out of place')
        file.isPausedByFriend = true
        return this.#context.events.fileControl(friend.number, file.number, 'pause')
      case FileControlKind.KILL:
        table.remove(file)
        return this.#context.events.fileControl(friend.number, file.number, 'cancel')
      case FileControlKind.SEEK:
        return this.#onSeek(file, data)
      default:
        return this.#drop('control unknown')
    }
  }

  #onAccept(friend: Friend, file: FileTransfer): void {
    if (file instanceof SendingFile && file.state === 'offered') this.#tables.get(friend).activate(file)
    else if (file.isPausedByFriend) file.isPausedByFriend = false
    else return this.#drop('resume out of place')
    if (file instanceof SendingFile) this.#sender.begin(friend)
    this.#context.events.fileControl(friend.number, file.number, 'resume')
  }

  #onSeek(file: FileTransfer, data: Uint8Array): void {
    const position = decode(FileSeekPosition, data)
    if (position === undefined) return this.#drop('seek malformed')
    if (!(file instanceof SendingFile) || file.state !== 'offered') return this.#drop('seek out of place')
    if (position >= file.size) return this.#drop('seek beyond the size')
    file.requested = file.position = position
  }

  /** Tells the friend that there is no such file; a flood of such controls is not answered in full. */
  #refuse(friend: Friend, isReceiver: boolean, slot: number, kind: number): void {
    this.#drop('control of an unknown file')
    if (kind === FileControlKind.KILL || friend.connection.freeSlots < SLOTS_LEFT_TO_OTHERS) return
    if (!this.#tables.get(friend).kills.take(this.#context.env.clock.now())) return
    this.#send(friend, isReceiver, slot, FileControlKind.KILL)
  }

  #send(friend: Friend, isReceiver: boolean, slot: number, kind: number, data: Uint8Array = NO_DATA): boolean {
    const packet = { id: PacketId.FILE_CONTROL, isReceiver, fileNumber: slot, kind, data } as const
    return friend.connection.sendLossless(encode(FileControl, packet)) !== undefined
  }

  #drop(why: string): void {
    this.#context.env.drops.count(`messenger/file ${why}`)
  }
}

/** Why the user may not do this now. */
function refusalOf(file: FileTransfer, control: FileControlName): FileControlError | undefined {
  if (control === 'pause') return file.isPausedByUs || file.state !== 'transferring' ? 'already-paused' : undefined
  if (control === 'cancel') return undefined
  switch (file.state) {
    case 'offered':
      return file instanceof ReceivingFile ? undefined : 'denied'
    case 'transferring':
      if (file.isPausedByUs) return undefined
      return file.isPausedByFriend ? 'denied' : 'not-paused'
    case 'sent':
      return 'not-paused'
    default:
      return file.state satisfies never
  }
}
