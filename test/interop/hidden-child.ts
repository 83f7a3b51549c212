// Somebody who may be hidden behind a proxy, to be watched from outside: asks one peer for friendship, and says back what the
// peer says. Its parameters: the options, and the peer's Tox ID. What happens to it is a line of JSON each.

import { type BootstrapNode, parseBootstrapNode, Tox, type ToxOptions } from '../../src/index.js'

const [options, peer] = process.argv.slice(2)

interface Parameters extends Omit<ToxOptions, 'bootstrap'> {
  /** Nodes, with the TCP ports of each. */
  readonly nodes: readonly { readonly node: string; readonly tcpPorts: readonly number[] }[]
}

const say = (event: object): void => void process.stdout.write(`${JSON.stringify(event)}\n`)

async function main(): Promise<void> {
  const { nodes, ...rest } = JSON.parse(options!) as Parameters
  const bootstrap = nodes.map(({ node, tcpPorts }): BootstrapNode => ({ ...parseBootstrapNode(node), tcpPorts }))
  const tox = await Tox.create({ ...rest, bootstrap })
  tox.on('relay', ({ port, state, failure }) => say({ relay: port, state, failure: failure?.code }))
  tox.on('connection', (network) => say({ network }))
  tox.on('friendConnection', ({ connection }) => say({ friend: connection }))
  tox.on('message', ({ friend, text }) => void friend.send(text, { outbox: true }).catch(() => {}))
  tox.addFriend(peer!, 'may I?')
  say({ udpPort: tox.udpPort })
  process.stdin.resume().once('end', () => void tox.close().then(() => process.exit()))
}

void main()
