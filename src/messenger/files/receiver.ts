// Files that friends send us: offers and their pieces. Spec: Messenger, FILE_SENDREQUEST and FILE_DATA.
// The hot path copies nothing: a piece is a view for whoever writes it down.

import { decode } from '../../codec/index.js'
import { PacketId } from '../../packet/friend/packet-id.js'
import { FILE_CHUNK_MAX_BYTES, fileDataOf } from '../../packet/messenger/file-data.js'
import { FileSend } from '../../packet/messenger/file-send.js'
import { type MessengerContext, onFriendPacket } from '../context.js'
import type { Friend } from '../friend.js'
import type { FileTables } from './tables.js'
import { ReceivingFile } from './transfer.js'

const EMPTY = new Uint8Array(0)

export class FileReceiver {
  readonly #context: MessengerContext
  readonly #tables: FileTables

  constructor(context: MessengerContext, tables: FileTables) {
    this.#context = context
    this.#tables = tables
    onFriendPacket(context, PacketId.FILE_SEND_REQUEST, (friend, packet) => this.#onOffer(friend, packet))
    onFriendPacket(context, PacketId.FILE_DATA, (friend, packet) => this.#onData(friend, packet))
  }

  #onOffer(friend: Friend, packet: Uint8Array): void {
    const offer = decode(FileSend, packet)
    if (offer === undefined) return this.#drop('offer malformed')
    const table = this.#tables.get(friend)
    if (table.receiving(offer.fileNumber) !== undefined) return this.#drop('offer of a number in use')
    const file = new ReceivingFile(offer.fileNumber, offer.size, offer.fileId)
    table.add(file)
    this.#context.events.fileOffer(friend.number, file.number, offer.kind, offer.size, offer.name.slice())
  }

  #onData(friend: Friend, packet: Uint8Array): void {
    const data = fileDataOf(packet)
    if (data === undefined) return this.#drop('data malformed')
    const table = this.#tables.known(friend)
    const file = table?.receiving(packet[1]!)
    if (table === undefined || file === undefined) return this.#drop('data of an unknown file')
    if (file.state !== 'transferring') return this.#drop('data of a file that was not accepted')
    const left = file.size - file.position
    const isTooMuch = BigInt(data.length) > left
    if (isTooMuch) this.#drop('data beyond the size')
    const piece = isTooMuch ? data.subarray(0, Number(left)) : data
    const position = file.position
    file.position += BigInt(piece.length)
    const isEnd = piece.length < FILE_CHUNK_MAX_BYTES || file.position === file.size
    if (piece.length > 0) {
      this.#context.events.fileChunk(friend.number, file.number, position, piece)
      // The handler may have cancelled it.
      if (!isEnd || table.receiving(file.slot) !== file) return
    }
    table.remove(file)
    this.#context.events.fileChunk(friend.number, file.number, file.position, EMPTY)
  }

  #drop(why: string): void {
    this.#context.env.drops.count(`messenger/file ${why}`)
  }
}
