// Every call that the benchmarks make to our own API, in one place. ours-engine.mjs is its twin below the API.

const { BootstrapNodeServer, Tox } = await import(new URL('../dist/esm/index.js', import.meta.url).href)

/** A peer on loopback that joins through one node (its DHT key in hex). `onMessage` is called for every message. */
export async function createPeer(port, nodePort, nodeKey, onMessage) {
  const bootstrap = [`127.0.0.1:${nodePort}:${nodeKey}`]
  const tox = await Tox.create({ bindAddress: '127.0.0.1', ipv6: false, port, bootstrap })
  tox.on('message', onMessage)
  return tox
}

/** Adds a friend by long-term public key (hex), without a request. */
export const addFriend = (tox, key) => tox.addFriendWithoutRequest(key)

/** Resolves when the friend is online. */
export const whenOnline = (friend) => friend.whenOnline()

/** Sends a text: `onReceipt` when the friend has it, `onFull` when the queue is full for now. */
export function send(friend, text, onReceipt, onFull) {
  friend.send(text).then(onReceipt, (error) => {
    if (error.code !== 'TOX_ERR_FRIEND_SEND_MESSAGE_SENDQ') throw error
    onFull()
  })
}

/** Resolves when a peer is connected to the network. */
export function whenConnected(tox) {
  return new Promise((resolve) => {
    const look = () => tox.connection !== 'none' && resolve()
    tox.on('connection', look)
    look()
  })
}

/** A bootstrap node on loopback, and a relay where a TCP port is given; returns its key in hex. */
export async function createNode(port, { tcpPort, workers = 1, bootstrap = [], address = '127.0.0.1' } = {}) {
  const tcpPorts = tcpPort === undefined ? [] : [tcpPort]
  return (await BootstrapNodeServer.create({ bindAddress: address, port, tcpPorts, workers, bootstrap })).publicKey
}
