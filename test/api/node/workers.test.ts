// A node whose port is served by three threads. To clients it is one node: they find each other through it, and through it alone.

import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { NodeHost, type NodeHostOptions } from '../../../src/api/node/node-host.js'
import { RelayPorts } from '../../../src/api/node/relay-ports.js'
import { Workers } from '../../../src/api/node/workers.js'
import { loadCrypto } from '../../../src/crypto/index.js'
import { nativeUdpMissing, openNativeUdp } from '../../../src/host/native-udp.js'
import { BootstrapNodeServer, Tox, ToxError, type ToxOptions } from '../../../src/index.js'
import { PacketKind } from '../../../src/packet/kinds.js'
import { until } from '../../support/until.js'

/** Where threads read no TypeScript; the package's test has workers there too. */
const isNode18 = process.version.startsWith('v18.')

describe('workers of a bootstrap node', () => {
  const toStop: (() => unknown)[] = []
  before(function () {
    const missing = nativeUdpMissing()
    if (missing === undefined) return
    this.test!.title += ` (${missing})`
    this.skip()
  })
  afterEach(async () => {
    for (const stop of toStop.splice(0).reverse()) await stop()
  })
  const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
  const machineOf = async (options: Pick<NodeHostOptions, 'relay'> = {}): Promise<NodeHost> => {
    const crypto = await loadCrypto()
    const socket = { family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 } as const
    const machine = await NodeHost.open({ crypto, keyPair: crypto.keyPair(), socket, ...options })
    toStop.push(() => machine.close())
    return machine
  }
  const workersOf = async (machine: NodeHost, count: number): Promise<Workers> => {
    const fail = (text: string): void => assert.fail(text)
    const workers = await Workers.open(machine, count, fail, { file: here('typescript-worker.mjs') })
    toStop.push(() => workers.close())
    machine.driver.start()
    return workers
  }
  const client = async ({ node, socket }: NodeHost, options: ToxOptions = {}): Promise<Tox> => {
    const bootstrap = [{ host: '127.0.0.1', port: socket.localPort, publicKey: node.keyPair.publicKey, tcpPorts: [] }]
    const tox = await Tox.create({ bootstrap, bindAddress: '127.0.0.1', ipv6: false, ...options })
    toStop.push(() => tox.close())
    return tox
  }

  it('let clients become friends by request, whichever thread serves them, and announce and find each other', async function () {
    if (isNode18) return this.skip()
    const machine = await machineOf()
    const workers = await workersOf(machine, 2)
    const clients = await Promise.all(Array.from({ length: 6 }, () => client(machine)))
    for (let n = 0; n < 6; n += 2) {
      const [asking, asked] = [clients[n]!, clients[n + 1]!]
      const requested = new Promise<string>((resolve) => {
        asked.once('friendRequest', (request) => {
          resolve(request.message)
          void request.accept()
        })
      })
      const friend = asking.addFriend(asked.address, `hello ${n}`)
      assert.equal(await requested, `hello ${n}`)
      await friend.whenOnline()
      await friend.send('are you there?')
    }
    assert.equal(machine.node.dht.size.nodes, 6)
    await until(() => workers.counts.length === 2, 'both have told')
    const taken = (): number[] => workers.counts.map(({ received }) => received.reduce((sum, count) => sum + count, 0))
    // Six clients may all be one thread's by chance; forty endpoints more are not.
    for (let n = 0; n < 40; n++) {
      const socket = openNativeUdp({ family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 })
      socket.sender.send(machine.socket.local, Uint8Array.of(PacketKind.NODES_REQUEST))
      socket.flush()
      socket.close()
    }
    await until(() => taken().every((packets) => packets > 0), 'each has its share')
    assert.ok(workers.counts.every(({ drops }) => drops['worker/internal error'] === undefined))
  })

  it('leave the relay to the node: clients without UDP become friends through it, their onion packets through all', async function () {
    if (isNode18) return this.skip()
    const machine = await machineOf({ relay: {} })
    const ports = new RelayPorts(machine, '127.0.0.1')
    toStop.push(() => ports.close())
    assert.deepEqual(await ports.set([0]), [])
    const workers = await workersOf(machine, 2)
    // The other hops of their onion paths.
    await Promise.all(Array.from({ length: 5 }, () => client(machine)))
    const tcp = {
      udp: false,
      relays: [{ host: '127.0.0.1', port: ports.ports[0]!, publicKey: machine.node.keyPair.publicKey }],
    }
    const [asking, asked] = await Promise.all([client(machine, tcp), client(machine, tcp)])
    const requested = new Promise((resolve) => {
      asked.once('friendRequest', (request) => resolve(request.accept()))
    })
    const friend = asking.addFriend(asked.address, 'hello')
    await requested
    await friend.whenOnline()
    await friend.send('are you there?')
    assert.equal(friend.connection, 'tcp')
    assert.equal(machine.node.relay!.clientCount, 2)
    assert.equal(workers.counts.length, 2)
  })

  it('are taken on only where they can be had', async () => {
    const isRefused = (error: unknown): boolean => error instanceof ToxError && error.code === 'TOX_ERR_TS_BAD_OPTION'
    await assert.rejects(BootstrapNodeServer.create({ port: 0, workers: 1000 }), isRefused)
    await assert.rejects(BootstrapNodeServer.create({ port: 0, workers: 0 }), isRefused)
  })

  it('are started again when they end by a mistake', async () => {
    const machine = await machineOf()
    const troubles: string[] = []
    const options = { file: here('failing-worker.mjs'), restartAfterMs: 10 }
    const workers = await Workers.open(machine, 1, (text) => troubles.push(text), options)
    toStop.push(() => workers.close())
    await until(() => troubles.length >= 3, 'three ends')
    assert.match(troubles[0]!, /^worker 1: a mistake$/)
  })
})
