// Every call that the benchmarks make to our own API, in one place.

const { BootstrapNodeServer, Tox } = await import(new URL('../dist/esm/index.js', import.meta.url).href)

/** A peer on loopback that joins through one node (its DHT key in hex). */
export const createPeer = (port, nodePort, nodeKey) =>
  Tox.create({ bindAddress: '127.0.0.1', ipv6: false, port, bootstrap: [`127.0.0.1:${nodePort}:${nodeKey}`] })

/** Adds a friend by long-term public key (hex), without a request. */
export const addFriend = (tox, key) => tox.addFriendWithoutRequest(key)

/** Resolves when the friend is online. */
export const whenOnline = (friend) => friend.whenOnline()

/** Calls back for every message. */
export const onMessage = (tox, callback) => tox.on('message', callback)

/** Sends; resolves on the receipt. */
export const send = (friend, text) => friend.send(text)

/** Whether a failed send means that the queue is full for now. */
export const isFull = (error) => error.code === 'TOX_ERR_FRIEND_SEND_MESSAGE_SENDQ'

/** A bootstrap node on loopback; returns its key in hex. */
export async function createNode(port) {
  return (await BootstrapNodeServer.create({ bindAddress: '127.0.0.1', port })).publicKey
}
