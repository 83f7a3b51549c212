import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as base from '../../src/base/index.js'

describe('bounded map', () => {
  it('refuses a new key when full, but replaces an old one', () => {
    const map = new base.BoundedMap<string, number>({ capacity: 2, whenFull: 'refuse' })
    assert.equal(map.set('a', 1), true)
    assert.equal(map.set('b', 2), true)
    assert.equal(map.set('c', 3), false)
    assert.equal(map.set('a', 4), true)
    assert.deepEqual(
      [...map],
      [
        ['b', 2],
        ['a', 4],
      ],
    )
  })

  it('evicts the least recently used and says so', () => {
    const gone: string[] = []
    const map = new base.BoundedMap<string, number>({
      capacity: 2,
      whenFull: 'evict-oldest',
      onEvict: (key) => gone.push(key),
    })
    map.set('a', 1)
    map.set('b', 2)
    map.get('a')
    map.set('c', 3)
    assert.deepEqual(gone, ['b'])
    assert.deepEqual([...map.keys()], ['a', 'c'])
  })
})

describe('token bucket', () => {
  it('allows a burst, then one token an interval', () => {
    const bucket = new base.TokenBucket(3, 100, 0)
    assert.deepEqual(
      [1, 2, 3, 4].map(() => bucket.take(0)),
      [true, true, true, false],
    )
    assert.equal(bucket.take(99), false)
    assert.equal(bucket.take(200), true)
    assert.equal(bucket.isFull(200), false)
    assert.equal(bucket.isFull(10_000), true)
  })

  it('is not harmed by a clock that jumps back', () => {
    const bucket = new base.TokenBucket(1, 100, 1000)
    assert.equal(bucket.take(1000), true)
    assert.equal(bucket.take(0), false)
    assert.equal(bucket.take(100), true)
  })
})

describe('source limit', () => {
  const ends = (...ips: string[]) => ips.map((ip, i) => base.Endpoint.parse(ip, 1000 + i)!)
  const limited = () => {
    const time = { nowMs: 0 }
    const clock = { now: () => time.nowMs, unixSeconds: () => 0 }
    return { time, limit: new base.SourceLimit(clock, { burst: 2, refillMs: 10 }) }
  }

  it('gives each address a bucket, whatever its ports, and a /64 of IPv6 one', () => {
    const { time, limit } = limited()
    const serve = (...ips: string[]) => ends(...ips).map((one) => limit.allows(one))
    assert.deepEqual(serve('1.2.3.4', '1.2.3.4', '1.2.3.4', '1.2.3.5'), [true, true, false, true])
    assert.deepEqual(serve('2001:db8::1', '2001:db8::2:1', '2001:db8::3', '2001:db8:0:1::1'), [true, true, false, true])
    time.nowMs = 10
    assert.deepEqual(serve('1.2.3.4', '1.2.3.4'), [true, false])
  })

  it('remembers 4,096 sources and forgets the one that was silent longest', () => {
    const { limit } = limited()
    const [honest] = ends('1.1.1.1') as [base.Endpoint]
    for (let i = 0; i < 100_000; i++) {
      limit.allows(base.Endpoint.of(Uint8Array.of(9, i >> 16, i >> 8, i), 1))
      if (i % 4000 === 0) limit.allows(honest)
    }
    assert.equal(limit.size, 4096)
    assert.equal(limit.allows(honest), false)
  })
})

describe('bytes', () => {
  it('hex goes both ways and refuses other text', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(base.fromHex(base.toHex(bytes)), bytes)))
    assert.equal(base.fromHex('abc'), undefined)
    assert.equal(base.fromHex('zz'), undefined)
  })

  it('comparison orders as the key text does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 4 }), (a, b) => {
        const [x, y] = [base.bytesKey(a), base.bytesKey(b)]
        assert.equal(Math.sign(base.compareBytes(a, b)), x < y ? -1 : x > y ? 1 : 0)
        assert.equal(base.sameBytes(a, b), x === y)
      }),
    )
  })
})

describe('emitter', () => {
  it('calls listeners in order, and one that stops in between is not called again', () => {
    const emitter = new base.Emitter<{ tick: [number] }>()
    const heard: string[] = []
    const stop = emitter.on('tick', (n) => {
      heard.push(`a${n}`)
      stop()
    })
    emitter.on('tick', (n) => heard.push(`b${n}`))
    emitter.emit('tick', 1)
    emitter.emit('tick', 2)
    assert.deepEqual(heard, ['a1', 'b1', 'b2'])
    assert.equal(emitter.listenerCount('tick'), 1)
  })
})
