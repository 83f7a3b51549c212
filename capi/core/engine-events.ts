// Puts what the engine reports into the batch, in the numbers of the C enums.

import { toUtf8 } from '../../src/base/index.js'
import type { ConferenceType } from '../../src/conference/index.js'
import type { Dht } from '../../src/dht/index.js'
import type { ConnectionStatus, FileControlName } from '../../src/messenger/index.js'
import type { MessageKind } from '../../src/packet/messenger/message.js'
import { USER_STATUSES } from '../../src/packet/messenger/user-status.js'
import type { ToxEngineEvents } from '../../src/tox/engine.js'
import type { EventBatch } from './event-batch.js'

/** In the order of Tox_Connection and Tox_Message_Type; that of Tox_User_Status is the wire's. */
export const CONNECTIONS: readonly ConnectionStatus[] = ['none', 'tcp', 'udp']
export const MESSAGE_KINDS: readonly MessageKind[] = ['normal', 'action']
/** In the order of Tox_File_Control. */
export const FILE_CONTROLS: readonly FileControlName[] = ['resume', 'pause', 'cancel']
/** In the order of Tox_Conference_Type. */
export const CONFERENCE_TYPES: readonly ConferenceType[] = ['text', 'av']

/** `onTalk` is called when a friend says something that people or programs wait for, `onPiece` when a piece of a file comes. */
export function engineEvents(batch: EventBatch, onTalk: () => void, onPiece: () => void): ToxEngineEvents {
  return {
    connection: (connection) => batch.add('self_connection_status', CONNECTIONS.indexOf(connection)),
    messenger: {
      friendRequest: (publicKey, message) => batch.add('friend_request', publicKey, message),
      friendConnectionStatus(friend, status) {
        onTalk()
        batch.add('friend_connection_status', friend, CONNECTIONS.indexOf(status))
      },
      friendName: (friend, name) => batch.add('friend_name', friend, name),
      friendStatusMessage: (friend, message) => batch.add('friend_status_message', friend, message),
      friendStatus: (friend, status) => batch.add('friend_status', friend, USER_STATUSES.indexOf(status)),
      friendTyping: (friend, isTyping) => batch.add('friend_typing', friend, isTyping),
      friendMessage(friend, kind, message) {
        onTalk()
        batch.add('friend_message', friend, MESSAGE_KINDS.indexOf(kind), message)
      },
      friendReadReceipt: (friend, messageId) => batch.add('friend_read_receipt', friend, messageId),
      friendLosslessPacket(friend, packet) {
        onTalk()
        batch.add('friend_lossless_packet', friend, packet)
      },
      friendLossyPacket(friend, packet) {
        onTalk()
        batch.add('friend_lossy_packet', friend, packet)
      },
      fileOffer(friend, file, kind, size, name) {
        onTalk()
        batch.add('file_recv', friend, file, kind, size, name)
      },
      fileControl(friend, file, control) {
        onTalk()
        batch.add('file_recv_control', friend, file, FILE_CONTROLS.indexOf(control))
      },
      fileChunkRequest: (friend, file, position, length) =>
        batch.add('file_chunk_request', friend, file, position, length),
      fileChunk(friend, file, position, data) {
        onPiece()
        batch.add('file_recv_chunk', friend, file, position, data)
      },
    },
    conferences: {
      invite(friend, type, cookie) {
        onTalk()
        batch.add('conference_invite', friend, CONFERENCE_TYPES.indexOf(type), cookie)
      },
      connected: (conference) => batch.add('conference_connected', conference),
      message(conference, peer, kind, text) {
        onTalk()
        batch.add('conference_message', conference, peer, MESSAGE_KINDS.indexOf(kind), text)
      },
      title: (conference, peer, title) => batch.add('conference_title', conference, peer, title),
      peerName: (conference, peer, name) => batch.add('conference_peer_name', conference, peer, name),
      peerListChanged: (conference) => batch.add('conference_peer_list_changed', conference),
    },
  }
}

/** Nodes that answers to our requests name. */
export function reportNodes(batch: EventBatch, dht: Dht): void {
  dht.events.on('named', ({ publicKey, endpoint }) => {
    batch.add('dht_nodes_response', publicKey, toUtf8(endpoint.ip), endpoint.port)
  })
}
