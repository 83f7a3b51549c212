import assert from 'node:assert/strict'
import { Endpoint } from '../../../src/base/index.js'
import type { ProxyServer } from '../../../src/transport/proxy/index.js'
import { proxyObstacle } from '../../../src/transport/proxy/passage.js'
import { bytes, cuts, Scene } from './scene.js'

const PROXY: ProxyServer = { type: 'http', host: '::1', port: 8080 }
const KNOWN: ProxyServer = { ...PROXY, user: 'jö', password: 'geh:eim' }
const ANSWERS = [
  'HTTP/1.1 200 Connection established\r\nProxy-agent: tinyproxy/1.11.1\r\n\r\n',
  'HTTP/1.0 200\r\n\r\n',
  'HTTP/1.1 200 \n\n',
  'HTTP/1.1 299 odd\r\nContent-Length: 5\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n',
]
const HEADER_BYTES_MAX = 16_384

const text = (said: Uint8Array | undefined): string => Buffer.from(said!).toString()

describe('HTTP CONNECT', () => {
  it('asks for addresses and names', () => {
    const first = text(new Scene(PROXY).said[0])
    assert.equal(first, 'CONNECT 192.0.2.7:33445 HTTP/1.1\r\nHost: 192.0.2.7:33445\r\n\r\n')
    const askedFor = (host: string): string => text(new Scene(PROXY, { host, port: 443 }).said[0]).split('\r\n', 1)[0]!
    assert.equal(askedFor('2001:db8::1'), 'CONNECT [2001:db8::1]:443 HTTP/1.1')
    assert.equal(askedFor('relay.example'), 'CONNECT relay.example:443 HTTP/1.1')
    assert.equal(askedFor(`${'b'.repeat(56)}.onion`), `CONNECT ${'b'.repeat(56)}.onion:443 HTTP/1.1`)
    const six = new Scene(PROXY, Endpoint.parse('2001:db8::1', 443)!)
    assert.match(text(six.said[0]), /^CONNECT \[2001:db8::1\]:443 HTTP\/1\.1\r\nHost: \[2001:db8::1\]:443\r\n\r\n$/)
  })

  it('is not used for what would say something else to the proxy than a name', () => {
    const obstacle = (host: string): string | undefined => proxyObstacle(PROXY, { host, port: 443 })?.code
    const tricks = [
      'relay.example:443 HTTP/1.1\r\nProxy-Authorization: Basic AAAA\r\nX: ',
      'a\nb',
      'a\r',
      'a b',
      'a:1',
      '',
      'user@a',
      'a/b',
      '[::1]',
      'fe80::1%eth0',
      'fe80::1%eth0\r\n',
      '::1\r\n',
      'bücher.example',
    ]
    for (const host of tricks) assert.equal(obstacle(host), 'not-resolved', JSON.stringify(host))
    for (const host of ['relay.example', 'Relay-1_b.example.', '2001:db8::1', '::ffff:192.0.2.7', '192.0.2.7']) {
      assert.equal(obstacle(host), undefined, host)
    }
  })

  it('tells who we are, in UTF-8', () => {
    const credentials = /\r\nProxy-Authorization: Basic (\S+)\r\n\r\n$/.exec(text(new Scene(KNOWN).said[0]))![1]!
    assert.equal(Buffer.from(credentials, 'base64').toString(), 'jö:geh:eim')
    const long = { ...PROXY, user: 'u'.repeat(255), password: 'ü'.repeat(127) }
    const encoded = /Basic (\S+)\r/.exec(text(new Scene(long).said[0]))![1]!
    assert.equal(Buffer.from(encoded, 'base64').toString(), `${long.user}:${long.password}`)
  })

  for (const answer of ANSWERS) {
    const whole = bytes(answer)
    it(`is let through by ${JSON.stringify(answer)}, however it is cut`, () => {
      for (const pieces of cuts(whole)) {
        const scene = new Scene(PROXY)
        for (const piece of pieces.slice(0, -1)) assert.equal(scene.hear(piece).outcome, 'talking')
        scene.hear(pieces.at(-1)!)
        assert.deepEqual([scene.outcome, scene.heard], ['through', []])
      }
      // What follows is the target's, headers of the answer say nothing about it.
      const scene = new Scene(PROXY).hear(whole, 0, 13, 10, 13, 10, 'relay')
      assert.deepEqual(scene.heard, [0, 13, 10, 13, 10, ...Buffer.from('relay')])
      for (let length = 0; length < whole.length; length++) {
        const broken = new Scene(PROXY).hear(whole.subarray(0, length))
        assert.equal(broken.outcome, 'talking')
        assert.equal(broken.close().outcome, 'proxy-closed')
      }
    })
  }

  it('tells refusals apart, at the status line', () => {
    const outcomes = [301, 400, 403, 404, 405, 401, 407, 500, 502, 503, 504].map(
      (status) => new Scene(PROXY).hear(`HTTP/1.1 ${status} no\r\n`).outcome,
    )
    const refused = new Array<string>(5).fill('proxy-refused')
    const reached = ['unreachable', 'unreachable', 'timeout']
    assert.deepEqual(outcomes, [...refused, 'proxy-auth', 'proxy-auth', 'proxy-refused', ...reached])
    const { text } = new Scene(PROXY).hear('HTTP/1.1 403 \x1b[2Jsecret\r\n').failures[0]!
    assert.equal(text, 'the HTTP proxy [::1]:8080 refuses with status 403')
  })

  it('knows what is no HTTP, as soon as it can', () => {
    const prefix = 'HTTP/1.'
    for (let at = 0; at < prefix.length; at++) {
      const begun = prefix.slice(0, at)
      assert.equal(new Scene(PROXY).hear(begun, '\0').outcome, 'proxy-garbage')
      assert.equal(new Scene(PROXY).hear(begun).hear('x').outcome, 'proxy-garbage')
      assert.equal(new Scene(PROXY).hear(begun, '\n').outcome, 'proxy-garbage')
    }
    for (const line of [
      'HTTP/1.1',
      'HTTP/1.1 ',
      'HTTP/1.1 20',
      'HTTP/1.1 2000',
      'HTTP/1.x 200 OK',
      'HTTP/1.1  200 OK',
    ]) {
      assert.equal(new Scene(PROXY).hear(line, '\r\n').outcome, 'proxy-garbage', line)
    }
    assert.equal(new Scene(PROXY).hear('HTTP/2 200\r\n\r\n').outcome, 'proxy-garbage')
    assert.equal(new Scene(PROXY).hear('SSH-2.0-OpenSSH\r\n').outcome, 'proxy-garbage')
    assert.equal(new Scene(PROXY).hear(5, 0).outcome, 'proxy-garbage')
  })

  it('reads headers up to a bound, in one line or in many, at once or in pieces', () => {
    const status = 'HTTP/1.1 200 OK\r\n'
    const most = HEADER_BYTES_MAX - status.length - 2
    const line = `a: ${'b'.repeat(most - 5)}\r\n`
    assert.equal(new Scene(PROXY).hear(status, line, '\r\n').outcome, 'through')
    assert.equal(new Scene(PROXY).hear(status, line, '\n\r\n').outcome, 'through')
    assert.equal(new Scene(PROXY).hear(status, `b${line}`, '\r\n').outcome, 'proxy-garbage')
    assert.equal(new Scene(PROXY).hear(status, 'a: b\r\n'.repeat(most / 5)).outcome, 'proxy-garbage')
    assert.equal(new Scene(PROXY).hear('HTTP/1.1 100 Continue\r\n\r\n'.repeat(1_000)).outcome, 'proxy-garbage')
    const slow = new Scene(PROXY).hear(status)
    for (let n = 0; n < HEADER_BYTES_MAX && slow.outcome === 'talking'; n++) slow.hear('x')
    assert.equal(slow.outcome, 'proxy-garbage')
  })

  it('speaks of no secret', () => {
    for (const answer of ['HTTP/1.1 407 x\r\n', 'HTTP/1.1 500 x\r\n', 'x']) {
      const { failures } = new Scene(KNOWN).hear(answer)
      assert.ok(!/geh|jö/.test(failures[0]!.text))
    }
  })
})
