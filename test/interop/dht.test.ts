// Our DHT node on real sockets with tox-bootstrapd and c-toxcore peers.

import assert from 'node:assert/strict'
import { Counters, Deadlines, Endpoint, type Env, silentLogger } from '../../src/base/index.js'
import { type DhtKeyPair, type DhtPublicKey, loadCrypto } from '../../src/crypto/index.js'
import { Dht } from '../../src/dht/index.js'
import { HostClock } from '../../src/host/clock.js'
import { HostDriver } from '../../src/host/driver.js'
import { openUdpSocket } from '../../src/host/open-udp.js'
import { HostRandom } from '../../src/host/random.js'
import { UdpRouter } from '../../src/transport/udp.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer } from './c-peer.js'
import { onlyLoopback } from './lane.js'

interface DhtHost {
  readonly dht: Dht
  readonly env: Env
  readonly keyPair: DhtKeyPair
  readonly endpoint: Endpoint
  bootstrap(port: number, key: Uint8Array, ip?: string): void
  /** Lets the test use the node, and the node send what follows from it. */
  use<T>(action: (dht: Dht) => T): T
  stop(): void
}

async function start(family: 'ipv4' | 'ipv6' = 'ipv4'): Promise<DhtHost> {
  const crypto = await loadCrypto()
  const clock = new HostClock()
  const env: Env = {
    clock,
    random: new HostRandom(),
    log: silentLogger,
    deadlines: new Deadlines(),
    drops: new Counters(),
  }
  const ip = family === 'ipv4' ? '127.0.0.1' : '::1'
  const socket = await openUdpSocket({ family, address: ip, firstPort: 0, lastPort: 0 })
  const router = new UdpRouter(env.drops)
  const keyPair = crypto.keyPair() as DhtKeyPair
  const dht = new Dht({ env, crypto, udp: socket.sender, router, keyPair })
  const engine = {
    receive: (from: Endpoint, packet: Uint8Array) => router.receive(from, packet),
    wake: (nowMs: number) => env.deadlines.run(nowMs),
    nextWakeMs: () => env.deadlines.nextMs(),
  }
  const driver = new HostDriver({
    engine,
    clock,
    onError: (error) => {
      throw error
    },
  })
  driver.addSocket(socket)
  driver.start()
  const use = <T>(action: (dht: Dht) => T): T => {
    const result = action(dht)
    driver.touch()
    return result
  }
  return {
    dht,
    env,
    keyPair,
    endpoint: Endpoint.parse(ip, socket.localPort)!,
    use,
    bootstrap: (port, key, at = ip) => use((node) => node.bootstrap(Endpoint.parse(at, port)!, key as DhtPublicKey)),
    stop() {
      dht.close()
      driver.close()
    },
  }
}

async function until(done: () => boolean, limitMs: number, what: string): Promise<number> {
  const startMs = performance.now()
  while (!done()) {
    if (performance.now() - startMs > limitMs) assert.fail(`not within ${limitMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return performance.now() - startMs
}

describe('DHT with c-toxcore', function () {
  this.timeout(60_000)
  onlyLoopback(this)

  const toStop: { stop(): void | Promise<void> }[] = []
  const started = <T extends { stop(): void | Promise<void> }>(one: T): T => {
    toStop.push(one)
    return one
  }
  afterEach(async () => {
    for (const one of toStop.splice(0)) await one.stop()
  })

  it('enters through tox-bootstrapd, and two nodes of ours find each other through it', async () => {
    const node = started(await Bootstrapd.start({ port: 33_610 }))
    const [a, b] = [started(await start()), started(await start())]
    a.bootstrap(node.port, node.key)
    b.bootstrap(node.port, node.key)
    await until(() => a.dht.isConnected && b.dht.isConnected, 5000, 'connected')
    const search = a.use((dht) => dht.search(b.keyPair.publicKey))
    await until(() => search.endpoints.length > 0, 10_000, 'found')
    assert.ok(search.endpoints[0]!.equals(b.endpoint))
    assert.deepEqual(
      Object.keys(a.env.drops.toJSON()).filter((name) => /malformed|forged/.test(name)),
      [],
    )
  })

  it('enters over IPv6 alone', async () => {
    const node = started(await Bootstrapd.start({ port: 33_611, ipv6: true }))
    const a = started(await start('ipv6'))
    a.bootstrap(node.port, node.key)
    await until(() => a.dht.isConnected, 5000, 'connected')
    assert.ok(a.dht.endpointsOf(node.key as DhtPublicKey)[0]!.equals(Endpoint.parse('::1', node.port)!))
  })

  it('comes into the lists of tox-bootstrapd, which tells others about it', async () => {
    const node = started(await Bootstrapd.start({ port: 33_612 }))
    const hosts = await Promise.all(Array.from({ length: 6 }, async () => started(await start())))
    for (const host of hosts) host.bootstrap(node.port, node.key)
    await until(() => hosts.every(({ dht }) => dht.size.close === 6), 15_000, 'all know all')
    assert.ok(
      hosts.every(({ dht }) => dht.ownEndpoints[0] !== undefined),
      'told where they are seen',
    )
  })

  it('is the bootstrap node of c-toxcore peers that come to know each other', async () => {
    const ours = started(await start())
    const peers = await Promise.all([1, 2, 3].map(async () => CPeer.start({ ipv6: false })))
    for (const peer of peers) toStop.push({ stop: () => peer.killHard() })
    const { port } = ours.endpoint
    for (const peer of peers) await peer.bootstrap('127.0.0.1', port, ours.keyPair.publicKey)
    await until(() => ours.dht.size.close === 3, 15_000, 'three neighbours')
    const before = ours.dht.stats.nodesRequestsReceived
    await until(() => ours.dht.stats.nodesRequestsReceived > before, 15_000, 'asked again')
  })
})
