// Ports that are kept mapped, at routers that keep lists.

import assert from 'node:assert/strict'
import type { Gateway, WantedPort } from '../../src/host/port-mapping/gateway.js'
import { PortMapper, type PortMappingState } from '../../src/host/port-mapping/port-mapper.js'
import { FakeGateway } from '../support/fake-gateway.js'
import { MachineTime } from '../support/machine-time.js'
import { until } from '../support/until.js'

const UDP: WantedPort = { protocol: 'udp', port: 33_445 }
const TCP: WantedPort = { protocol: 'tcp', port: 33_445 }
const WEB: WantedPort = { protocol: 'tcp', port: 443 }

describe('ports that are kept mapped', () => {
  const toStop: (() => unknown)[] = []
  afterEach(async () => {
    for (const stop of toStop.splice(0)) await stop()
  })

  const mapper = (gateways: Gateway[], ports = [UDP, TCP]) => {
    const news: PortMappingState[] = []
    const released: (readonly [WantedPort, string | undefined])[] = []
    const one = new PortMapper({
      ports,
      onChange: (state) => news.push(state),
      onRelease: (wanted, failure) => released.push([wanted, failure]),
      async *routers() {
        yield* gateways
      },
    })
    toStop.push(() => one.close())
    return { one, news, released }
  }

  it('are told when they are there, and given back at the end', async () => {
    const gateway = new FakeGateway()
    const { one, news, released } = mapper([gateway])
    one.start()
    await until(() => news.length === 2, 'both mapped')
    assert.deepEqual([...gateway.held], ['udp 33445', 'tcp 33445'])
    assert.deepEqual(one.states, news)
    await one.close()
    assert.deepEqual([gateway.held.size, gateway.isClosed, one.states], [0, true, []])
    assert.equal(news.length, 2)
    assert.deepEqual(released, [
      [UDP, undefined],
      [TCP, undefined],
    ])
  })

  it('are asked of the next router when one refuses, and told as missing when all do', async () => {
    const [miser, giver] = [new FakeGateway(), new FakeGateway()]
    miser.refuses = () => true
    const { one, news } = mapper([miser, giver])
    one.start()
    await until(() => news.length === 2, 'both mapped')
    assert.deepEqual([miser.isClosed, giver.held.size], [true, 2])
    const poor = mapper([miser], [UDP])
    poor.one.start()
    await until(() => poor.news.length === 1, 'told')
    assert.deepEqual(poor.news, [{ wanted: UDP, failure: 'not today' }])
    await poor.one.close()
    assert.deepEqual(poor.released, [])
    const none = mapper([], [UDP])
    none.one.start()
    await until(() => none.news.length === 1, 'told')
    assert.match(String(none.news[0]!.mapped ?? (none.news[0] as { failure: string }).failure), /no router/)
  })

  it('are asked for anew after a change of networks; what stays the same is not told again', async () => {
    const gateway = new FakeGateway()
    const { one, news } = mapper([gateway])
    one.start()
    await until(() => news.length === 2, 'both mapped')
    gateway.refuses = ({ protocol }) => protocol === 'tcp'
    one.restart()
    await until(() => news.length === 3, 'one is gone')
    assert.deepEqual(news[2], { wanted: TCP, failure: 'not today' })
  })

  it('change: those that stay are not told again, those that are gone are given back', async () => {
    const gateway = new FakeGateway()
    const { one, news, released } = mapper([gateway])
    one.start()
    await until(() => news.length === 2, 'both mapped')
    one.setPorts([WEB, { ...UDP }])
    await until(() => news.length === 3, 'another one')
    assert.equal(news[2]!.wanted, WEB)
    assert.deepEqual([...gateway.held], ['udp 33445', 'tcp 443'])
    assert.deepEqual(
      one.states.map(({ wanted }) => wanted),
      [WEB, UDP],
    )
    gateway.refuses = ({ protocol }) => protocol === 'tcp'
    one.setPorts([UDP])
    await until(() => released.length === 2, 'both given back')
    assert.deepEqual(released, [
      [TCP, undefined],
      [WEB, 'not today'],
    ])
    assert.deepEqual([gateway.isClosed, news.length], [false, 3])
  })

  it('change while the router is being asked: what came too late is given back untold', async () => {
    const gateway = new FakeGateway()
    let answer = (): void => {}
    gateway.delay = new Promise((resolve) => {
      answer = resolve
    })
    const { one, news, released } = mapper([gateway])
    one.start()
    await until(() => gateway.asked === 1, 'the first is asked for')
    one.setPorts([TCP])
    answer()
    await until(() => news.length > 0 && released.length > 0, 'the other one')
    assert.deepEqual(
      news.map(({ wanted }) => wanted),
      [TCP],
    )
    assert.deepEqual([...gateway.held], ['tcp 33445'])
    assert.deepEqual(released, [[UDP, undefined]])
  })

  it('are renewed in time though another one is refused', async () => {
    const gateway = new FakeGateway()
    gateway.lifetimeS = 80
    gateway.refuses = ({ protocol }) => protocol === 'tcp'
    const { one, news } = mapper([gateway])
    const time = MachineTime.take()
    const pass = async (ms: number): Promise<void> => {
      await time.pass(ms)
      // What it set off takes a few steps, but no time.
      for (let step = 0; step < 100; step++) await Promise.resolve()
    }
    try {
      one.start()
      await pass(0)
      await pass(39_000)
      assert.deepEqual([news.length, gateway.asked], [2, 2])
      // Half of the lifetime, and before the minute after which what was refused would be asked for again.
      await pass(2000)
      assert.equal(gateway.asked, 4)
    } finally {
      time.giveBack()
    }
  })

  it('are given back when the end comes while they are renewed', async () => {
    const gateway = new FakeGateway()
    const { one, news, released } = mapper([gateway])
    one.start()
    await until(() => news.length === 2, 'both mapped')
    let answer = (): void => {}
    gateway.delay = new Promise((resolve) => {
      answer = resolve
    })
    one.start()
    await until(() => gateway.asked === 3, 'the first is renewed')
    const closing = one.close()
    answer()
    await closing
    assert.deepEqual([gateway.held.size, gateway.asked, released.length], [0, 3, 2])
  })

  it('end although a router never answers', async () => {
    const gateway = new FakeGateway()
    const { one, news, released } = mapper([gateway])
    one.start()
    await until(() => news.length === 2, 'both mapped')
    gateway.delay = new Promise(() => {})
    await one.close()
    assert.deepEqual(released, [
      [UDP, 'it took too long'],
      [TCP, 'it took too long'],
    ])
  })
})
