import assert from 'node:assert/strict'
import { Endpoint } from '../../../src/base/index.js'
import type { ProxyServer } from '../../../src/transport/proxy/index.js'
import { proxyObstacle } from '../../../src/transport/proxy/passage.js'
import type { StreamTarget } from '../../../src/transport/stream.js'
import { bytes, cuts, Scene, TARGET } from './scene.js'

const PROXY: ProxyServer = { type: 'socks5', host: '127.0.0.1', port: 1080 }
const KNOWN: ProxyServer = { ...PROXY, user: 'jö', password: 'geheim' }
/** A granted request, with an address of each kind. */
const GRANTED = {
  IPv4: bytes(5, 0, 0, 1, 10, 0, 0, 1, 4, 56),
  IPv6: bytes(5, 0, 0, 4, new Uint8Array(16), 4, 56),
  name: bytes(5, 0, 0, 3, 9, 'localhost', 4, 56),
  'an empty name': bytes(5, 0, 0, 3, 0, 4, 56),
  'the longest name': bytes(5, 0, 0, 3, 255, new Uint8Array(255), 4, 56),
}

/** A scene where the request has been sent. */
const asked = (target?: StreamTarget): Scene => new Scene(PROXY, target).hear(5, 0)

describe('SOCKS5', () => {
  it('greets, asks for an IPv4 address, and leads there', () => {
    const scene = new Scene(PROXY)
    assert.deepEqual(scene.said, [bytes(5, 1, 0)])
    scene.hear(5, 0)
    assert.deepEqual(scene.said[1], bytes(5, 1, 0, 1, 192, 0, 2, 7, 130, 165))
    scene.hear(GRANTED.IPv4)
    assert.equal(scene.outcome, 'through')
    assert.equal(scene.connected!.remote, TARGET)
    assert.equal(scene.connected!.queuedBytes, 42)
    scene.hear(1, 2).hear(3)
    scene.connected!.write(bytes('hello'))
    assert.deepEqual(scene.heard, [1, 2, 3])
    assert.deepEqual(scene.said[2], bytes('hello'))
    let turns = 0
    scene.connected!.atTurnEnd(() => turns++)
    scene.close()
    assert.deepEqual([scene.closed, turns, scene.failures], [1, 1, []])
    scene.connected!.write(bytes('too late'))
    assert.equal(scene.said.length, 3)
  })

  it('asks for IPv6 addresses and for names as they are', () => {
    const requestFor = (target: StreamTarget): Uint8Array => asked(target).said[1]!
    const six = Endpoint.parse('2001:db8::1', 443)!
    assert.deepEqual(requestFor(six), bytes(5, 1, 0, 4, six.address, 1, 187))
    assert.deepEqual(requestFor({ host: '2001:db8::1', port: 443 }), requestFor(six))
    assert.deepEqual(requestFor({ host: '192.0.2.7', port: 33_445 }), requestFor(TARGET))
    const onion = `${'a'.repeat(56)}.onion`
    assert.deepEqual(requestFor({ host: onion, port: 1 }), bytes(5, 1, 0, 3, 62, onion, 0, 1))
    assert.equal(asked({ host: onion, port: 1 }).hear(GRANTED.IPv4).connected!.remote, undefined)
    const long = { host: 'a'.repeat(256), port: 1 }
    assert.equal(proxyObstacle(PROXY, long)?.code, 'not-resolved')
    assert.equal(proxyObstacle(PROXY, { host: 'a'.repeat(255), port: 1 }), undefined)
    assert.equal(proxyObstacle(PROXY, TARGET), undefined)
  })

  it('tells who we are where that is asked, and only there', () => {
    const scene = new Scene(KNOWN)
    assert.deepEqual(scene.said, [bytes(5, 2, 0, 2)])
    scene.hear(5, 2)
    assert.deepEqual(scene.said[1], bytes(1, 3, 'jö', 6, 'geheim'))
    scene.hear(1, 0)
    assert.deepEqual(scene.said[2]!.subarray(0, 4), bytes(5, 1, 0, 1))
    assert.equal(scene.hear(GRANTED.IPv4).outcome, 'through')
    const open = new Scene(KNOWN).hear(5, 0)
    assert.deepEqual(open.said[1]!.subarray(0, 4), bytes(5, 1, 0, 1))
    const { password: _, ...nameless } = KNOWN
    assert.deepEqual(new Scene(nameless).hear(5, 2).said[1], bytes(1, 3, 'jö', 0))
  })

  for (const [kind, granted] of Object.entries(GRANTED)) {
    it(`takes an answer with ${kind} however it is cut, and nothing of what follows`, () => {
      for (const pieces of cuts(granted)) {
        const scene = asked()
        for (const piece of pieces.slice(0, -1)) assert.equal(scene.hear(piece).outcome, 'talking')
        scene.hear(pieces.at(-1)!)
        assert.deepEqual([scene.outcome, scene.heard], ['through', []])
      }
      assert.deepEqual(asked().hear(granted, 'relay').heard, [...Buffer.from('relay')])
    })

    it(`sees that an answer with ${kind} broke off`, () => {
      for (let length = 0; length < granted.length; length++) {
        const scene = asked().hear(granted.subarray(0, length))
        assert.equal(scene.outcome, 'talking')
        assert.equal(scene.close().outcome, 'proxy-closed')
      }
    })
  }

  it('takes every answer byte by byte', () => {
    const scene = new Scene(KNOWN)
    for (const byte of [5, 2, 1, 0, ...GRANTED.IPv4]) {
      assert.equal(scene.outcome, 'talking')
      scene.hear(byte)
    }
    assert.equal(scene.outcome, 'through')
  })

  it('tells refusals apart', () => {
    const codes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 240, 242, 247, 255].map((reply) => asked().hear(5, reply).outcome)
    const refused = 'proxy-refused'
    const known = [refused, refused, 'unreachable', 'unreachable', 'refused', 'timeout', refused, refused]
    assert.deepEqual(codes, [...known, refused, 'not-resolved', 'unreachable', 'timeout', refused])
    assert.match(asked().hear(5, 9).failures[0]!.text, /^the SOCKS5 proxy 127\.0\.0\.1:1080 refuses with code 9$/)
  })

  it('tells that it should say who it is, or somebody else', () => {
    assert.equal(new Scene(PROXY).hear(5, 255).outcome, 'proxy-auth')
    assert.equal(new Scene(KNOWN).hear(5, 255).outcome, 'proxy-auth')
    for (const status of [1, 2, 255]) assert.equal(new Scene(KNOWN).hear(5, 2, 1, status).outcome, 'proxy-garbage')
    for (const status of [1, 2, 255]) assert.equal(new Scene(KNOWN).hear(5, 2).hear(1, status).outcome, 'proxy-auth')
  })

  it('knows what is no SOCKS5, as soon as it can', () => {
    for (let byte = 0; byte < 256; byte++) {
      if (byte === 5) continue
      assert.equal(new Scene(PROXY).hear(byte).outcome, 'proxy-garbage')
      assert.equal(asked().hear(byte).outcome, 'proxy-garbage')
      if (byte !== 1) assert.equal(new Scene(KNOWN).hear(5, 2).hear(byte).outcome, 'proxy-garbage')
    }
    // Methods that were not offered; addresses of no kind; more than was asked for.
    for (let method = 1; method < 255; method++) {
      assert.equal(new Scene(PROXY).hear(5, method).outcome, 'proxy-garbage')
      if (method !== 2) assert.equal(new Scene(KNOWN).hear(5, method).outcome, 'proxy-garbage')
    }
    for (let kind = 0; kind < 256; kind++) {
      if (![1, 3, 4].includes(kind)) assert.equal(asked().hear(5, 0, 0, kind).outcome, 'proxy-garbage')
    }
    assert.equal(new Scene(PROXY).hear(5, 0, 5).outcome, 'proxy-garbage')
    assert.equal(new Scene(PROXY).hear('HTTP/1.0 400 Bad Request').outcome, 'proxy-garbage')
  })

  it('ends the connection at a failure, and tells it once', () => {
    const scene = asked().hear(5, 1, 0, 1).hear(5, 0).close()
    assert.deepEqual([scene.isDestroyed, scene.failures.length, scene.heard], [true, 1, []])
    const left = asked().close()
    assert.match(left.failures[0]!.text, /hung up/)
  })

  it('hands nothing to one who hangs up at once', () => {
    const scene = new Scene(PROXY, TARGET, (stream) => stream.destroy()).hear(5, 0).hear(GRANTED.IPv4, 'more')
    assert.deepEqual([scene.isDestroyed, scene.heard], [true, []])
  })

  it('speaks of no secret', () => {
    const answers = [[5, 255], [5, 9], [9], [5, 2, 1, 1]]
    const texts = answers.flatMap((answer) =>
      new Scene(KNOWN)
        .hear(...answer)
        .close()
        .failures.map(({ text }) => text),
    )
    assert.equal(texts.length, answers.length)
    assert.ok(texts.every((text) => !text.includes('geheim') && !text.includes('jö')))
  })
})
