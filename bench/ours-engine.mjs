// The calls of ours.mjs without the API: the engine on the same sockets, without promises, events and strings. The
// difference between the two is what the API costs.

import { randomBytes } from 'node:crypto'

const { openRuntime } = await import(new URL('../dist/esm/api/runtime.js', import.meta.url).href)

/** Receipts and connections come as calls with numbers; here is who waits for them. */
class EnginePeer {
  runtime
  receipts = new Map()
  online = new Map()
  publicKey

  static async open(port, nodePort, nodeKey, onMessage) {
    const peer = new EnginePeer()
    const ignore = () => {}
    const messenger = {
      friendConnectionStatus: (friend, status) => status !== 'none' && peer.online.get(friend)?.(),
      friendMessage: onMessage,
      friendReadReceipt: (friend, id) => peer.receipts.get(friend)?.(id),
    }
    for (const name of ['Request', 'Name', 'StatusMessage', 'Status', 'Typing', 'LosslessPacket', 'LossyPacket']) {
      messenger[`friend${name}`] = ignore
    }
    const bootstrap = [`127.0.0.1:${nodePort}:${nodeKey}`]
    const options = { bindAddress: '127.0.0.1', ipv6: false, port, bootstrap }
    peer.runtime = await openRuntime(options, { messenger, connection: ignore })
    peer.publicKey = Buffer.from(peer.runtime.engine.longTermKeys.publicKey).toString('hex')
    await peer.runtime.start()
    return peer
  }
}

export const createPeer = EnginePeer.open

export function addFriend(peer, key) {
  const { runtime } = peer
  const added = runtime.turn(() => runtime.engine.messenger.addFriendWithoutRequest(Buffer.from(key, 'hex')))
  return { peer, number: added.value, text: randomBytes(0) }
}

export const whenOnline = ({ peer, number }) => new Promise((resolve) => peer.online.set(number, resolve))

/** `text` is kept as bytes between calls, as a program that sends bytes would. Receipts come in the order of sending. */
export function send(friend, text, onReceipt, onFull) {
  const { peer, number } = friend
  const { runtime } = peer
  if (friend.text.length !== text.length) friend.text = new TextEncoder().encode(text)
  peer.receipts.set(number, onReceipt)
  const sent = runtime.turn(() => runtime.engine.messenger.sendMessage(number, 'normal', friend.text))
  if (!sent.ok) queueMicrotask(onFull)
}
