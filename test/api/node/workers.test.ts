// A node whose port is served by three threads. To clients it is one node: they find each other through it, and through it alone.

import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { NodeHost } from '../../../src/api/node/node-host.js'
import { Workers } from '../../../src/api/node/workers.js'
import { loadCrypto } from '../../../src/crypto/index.js'
import { nativeUdpMissing } from '../../../src/host/native-udp.js'
import { BootstrapNodeServer, Tox, ToxError } from '../../../src/index.js'
import { until } from '../../support/until.js'

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
  const machineOf = async (firstPort = 0): Promise<NodeHost> => {
    const crypto = await loadCrypto()
    const socket = { family: 'ipv4', address: '127.0.0.1', firstPort, lastPort: firstPort } as const
    const machine = await NodeHost.open({ crypto, keyPair: crypto.keyPair(), socket })
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
  const client = async ({ node, socket }: NodeHost): Promise<Tox> => {
    const bootstrap = [{ host: '127.0.0.1', port: socket.localPort, publicKey: node.keyPair.publicKey, tcpPorts: [] }]
    const tox = await Tox.create({ bootstrap, bindAddress: '127.0.0.1', ipv6: false })
    toStop.push(() => tox.close())
    return tox
  }

  it('let clients become friends by request, whichever thread serves them, and announce and find each other', async function () {
    if (process.version.startsWith('v18.')) return this.skip() // no TypeScript in threads there; the package's test has them
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
    await until(() => taken().every((packets) => packets > 5), 'each has its share')
    assert.ok(workers.counts.every(({ drops }) => drops['worker/internal error'] === undefined))
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
