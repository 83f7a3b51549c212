// The way of the messenger's events to the listeners of the Node API.

import { fromUtf8, toHex } from '../base/index.js'
import type { MessengerEvents } from '../messenger/index.js'
import type { Friend } from './friend.js'
import type { Tox } from './tox.js'

/** Of messages that were acknowledged when they came. */
const nothingToConfirm = (): boolean => true

/** Turns the messenger's calls into events with the friends' own objects. */
export function forwardEvents(tox: () => Tox): MessengerEvents {
  const withFriend = (number: number, use: (friend: Friend, tox: Tox) => void): void => {
    const friend = tox()?.friend(number)
    if (friend !== undefined) use(friend, tox())
  }
  return {
    friendRequest(key, message) {
      const publicKey = toHex(key)
      tox().deliver('friendRequest', {
        publicKey,
        message: fromUtf8(message),
        accept: () => tox().addFriendWithoutRequest(publicKey),
        reject: () => tox().refuseRequest(key),
      })
    },
    friendConnectionStatus: (number, connection) =>
      withFriend(number, (friend, tox) => {
        if (connection === 'none') friend.onOffline()
        tox.remember.seen(friend)
        tox.files.friendConnection(number, connection !== 'none')
        tox.deliver('friendConnection', { friend, connection })
      }),
    friendName: (number, bytes) =>
      withFriend(number, (friend, tox) => {
        const name = fromUtf8(bytes)
        const previous = friend.toldName
        friend.toldName = name
        tox.remember.people([friend])
        tox.deliver('friendName', { friend, name, previous })
      }),
    friendStatusMessage: (number, bytes) =>
      withFriend(number, (friend, tox) =>
        tox.deliver('friendStatusMessage', { friend, statusMessage: fromUtf8(bytes) }),
      ),
    friendStatus: (number, status) =>
      withFriend(number, (friend, tox) => tox.deliver('friendStatus', { friend, status })),
    friendTyping: (number, isTyping) =>
      withFriend(number, (friend, tox) => tox.deliver('friendTyping', { friend, isTyping })),
    friendMessage: (number, kind, bytes, receipt) =>
      withFriend(number, (friend, tox) => {
        const text = fromUtf8(bytes)
        if (receipt !== undefined) return tox.onUnconfirmed(friend, text, kind, receipt)
        tox.remember.incoming(friend, kind, text)
        tox.deliver('message', { friend, text, kind, confirm: nothingToConfirm })
      }),
    friendReadReceipt: (number, messageId) =>
      withFriend(number, (friend, tox) => {
        friend.onReceipt(messageId)
        tox.deliver('receipt', { friend, messageId })
      }),
    friendLosslessPacket: (number, data) =>
      withFriend(number, (friend, tox) => tox.deliver('losslessPacket', { friend, data })),
    friendLossyPacket: (number, data) =>
      withFriend(number, (friend, tox) => tox.deliver('lossyPacket', { friend, data })),
    fileOffer: (...offer) => tox()?.files.fileOffer(...offer),
    fileControl: (friend, file, control) => tox()?.files.fileControl(friend, file, control),
    fileChunkRequest: (friend, file, position, length) => tox()?.files.fileChunkRequest(friend, file, position, length),
    fileChunk: (friend, file, position, data) => tox()?.files.fileChunk(friend, file, position, data),
  }
}
