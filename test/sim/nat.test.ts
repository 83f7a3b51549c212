// Routers: who may speak to whom behind which kind, how long, and what a LAN hears.

import assert from 'node:assert/strict'
import { Endpoint } from '../../src/base/index.js'
import { type NatKind, type NatOptions, type SimHost, World } from '../../src/sim/index.js'
import { Parrot } from './parrot.js'

function street(kind: NatKind, options: Partial<NatOptions> = {}) {
  const world = new World<Parrot>({ seed: 1, engine: (setup) => new Parrot(setup) })
  const router = world.addRouter({ kind, ...options })
  const inner = world.addPeer('inner', { router })
  const [a, b] = [world.addPeer('a'), world.addPeer('b')]
  /** What `to` heard of `from`'s call, as the endpoint that it came from. */
  const call = (from: SimHost<Parrot>, to: SimHost<Parrot>, at = to.endpoint): Endpoint | undefined => {
    const before = to.engine.heard.length
    from.engine.say(at, 'x')
    world.run(100)
    const heard = to.engine.heard[before]
    if (heard === undefined) return undefined
    const [ip, port] = heard.from.split(':') as [string, string]
    return Endpoint.parse(ip, Number(port))
  }
  return { world, router, inner, a, b, call }
}

describe('simulated routers', () => {
  it('show the outer address, and let in nobody who was not sent to', () => {
    for (const kind of ['full-cone', 'restricted', 'port-restricted', 'symmetric'] as const) {
      const { router, inner, a, call } = street(kind)
      assert.equal(inner.ipv4!.ip, '192.168.1.2')
      assert.equal(call(a, inner, router.nat.address.withPort(33_445)), undefined, kind)
      const outer = call(inner, a)!
      assert.equal(outer.ip, router.nat.address.ip, kind)
      assert.ok(call(a, inner, outer), kind)
      assert.equal(call(a, inner, inner.endpoint), undefined, `${kind}: private addresses mean nothing outside`)
    }
  })

  it('differ in whom else they let in', () => {
    const lets = (kind: NatKind): string => {
      const { world, inner, a, b, call } = street(kind)
      const outer = call(inner, a)!
      const stranger = call(b, inner, outer) !== undefined
      // The same address with another port: what a restricted router lets in and a port-restricted one does not.
      const { port } = a.endpoint
      a.restart({ port: 50_000 })
      const otherPort = call(a, inner, outer) !== undefined
      a.restart({ port })
      world.run(1)
      const samePort = call(a, inner, outer) !== undefined
      return [stranger, otherPort, samePort].map(Number).join('')
    }
    assert.equal(lets('full-cone'), '111')
    assert.equal(lets('restricted'), '011')
    assert.equal(lets('port-restricted'), '001')
    assert.equal(lets('symmetric'), '001')
  })

  it('give one outer port to all destinations, or one to each when symmetric', () => {
    const ports = (kind: NatKind): number[] => {
      const { inner, a, b, call } = street(kind)
      return [call(inner, a)!.port, call(inner, b)!.port, call(inner, a)!.port]
    }
    assert.deepEqual(ports('port-restricted'), [33_445, 33_445, 33_445])
    const [first, second, again] = ports('symmetric') as [number, number, number]
    assert.equal(second, first === 65_535 ? 1024 : first + 1)
    assert.equal(again, first)
  })

  it('keep apart hosts with the same inner port', () => {
    const { world, router, inner, a, call } = street('port-restricted')
    const second = world.addPeer('second', { router })
    const [one, two] = [call(inner, a)!, call(second, a)!]
    assert.notEqual(one.port, two.port)
    assert.ok(call(a, second, two))
    assert.ok(call(a, inner, one))
    assert.equal(router.nat.size, 2)
  })

  it('forget a mapping that was silent for too long, and all at a reboot', () => {
    const { world, router, inner, a, call } = street('restricted', { timeoutMs: 30_000, ports: 'random' })
    const outer = call(inner, a)!
    world.run(29_000)
    assert.ok(call(a, inner, outer))
    world.run(2_000)
    // What comes in does not keep it alive.
    assert.equal(call(a, inner, outer), undefined)
    assert.notEqual(call(inner, a)!.port, outer.port)
    router.nat.reboot()
    assert.equal(router.nat.size, 0)
  })

  it('run out of ports rather than of memory', () => {
    const { world, router, inner, a } = street('symmetric', { timeoutMs: 1_000 })
    for (let port = 1; port <= 65_000; port++) inner.engine.say(a.endpoint.withPort(port), '')
    world.run(100)
    assert.equal(router.nat.size, 65_536 - 1024)
    assert.equal(world.lost.get('nat ports exhausted'), 65_000 - (65_536 - 1024))
    world.run(2_000)
    const b = world.addPeer('other b')
    inner.engine.say(b.endpoint, 'after the sweep')
    world.run(100)
    assert.deepEqual(b.engine.texts, ['after the sweep'])
    assert.equal(router.nat.size, 1)
  })

  it('let two port-restricted neighbours of the world meet by both calling', () => {
    const world = new World<Parrot>({ seed: 3, engine: (setup) => new Parrot(setup) })
    const [a, b] = ['a', 'b'].map((name) =>
      world.addPeer(name, { router: world.addRouter({ kind: 'port-restricted' }) }),
    ) as [SimHost<Parrot>, SimHost<Parrot>]
    const outer = (host: SimHost<Parrot>): Endpoint => host.router!.nat.address.withPort(33_445)
    a.engine.say(outer(b), 'knock')
    world.run(100)
    assert.deepEqual(b.engine.texts, [])
    b.engine.ask(outer(a), 'who is there')
    world.run(100)
    assert.deepEqual([a.engine.texts, b.engine.texts], [['who is there'], ['who is there']])
  })

  it('lead back inside only where they hairpin', () => {
    for (const hairpin of [false, true]) {
      const { world, router, inner, a, call } = street('full-cone', { hairpin })
      const second = world.addPeer('second', { router })
      const outer = call(inner, a)!
      assert.equal(call(second, inner, outer)?.ip, hairpin ? router.nat.address.ip : undefined)
    }
  })

  it('carry a LAN: neighbours, broadcast and multicast, quickly', () => {
    const { world, router, inner, a } = street('symmetric')
    const second = world.addPeer('second', { router, ipv6: true })
    const third = world.addPeer('third', { router, ipv6: true })
    second.engine.say(inner.endpoint, 'neighbour')
    second.engine.say(Endpoint.parse('255.255.255.255', 33_445)!, 'all')
    second.engine.say(Endpoint.parse('192.168.1.255', 33_445)!, 'all too')
    second.engine.say(Endpoint.parse('ff02::1', 33_445)!, 'all six')
    world.run(2)
    assert.deepEqual(inner.engine.texts, ['neighbour', 'all', 'all too'])
    assert.deepEqual(third.engine.texts, ['all', 'all too', 'all six'])
    world.run(200)
    assert.deepEqual([a.engine.texts, second.engine.texts], [[], []])
  })

  it('let IPv6 pass, and nothing from one family to the other', () => {
    const { world, router, a } = street('symmetric')
    const six = world.addPeer('six', { ipv4: false, ipv6: true })
    const inner = world.addPeer('both', { router, ipv6: true })
    six.engine.ask(inner.ipv6!, 'six')
    six.engine.say(a.endpoint, 'x')
    world.run(100)
    assert.deepEqual(inner.engine.texts, ['six'])
    assert.deepEqual(six.engine.texts, ['six'])
    assert.equal(inner.engine.heard[0]!.from, six.endpoint.toString())
    assert.equal(world.lost.get('no route'), 1)
  })

  it('let a laptop move from one to another', () => {
    const { world, inner, a, call } = street('full-cone')
    const before = call(inner, a)!
    inner.moveTo(world.addRouter({ kind: 'restricted' }))
    const after = call(inner, a)!
    assert.notEqual(after.ip, before.ip)
    inner.moveTo(undefined)
    assert.equal(call(inner, a)!.ip, inner.endpoint.ip)
  })
})
