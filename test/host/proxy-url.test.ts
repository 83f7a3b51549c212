import assert from 'node:assert/strict'
import { checkProxy, ProxyError, parseProxy } from '../../src/host/proxy-url.js'
import type { ProxyServer } from '../../src/transport/proxy/index.js'

const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof ProxyError)
    assert.ok(!error.message.includes('geheim'), error.message)
    return error.code
  }
  return 'none'
}

describe('proxies as people write them', () => {
  const good: Record<string, ProxyServer> = {
    'socks5://127.0.0.1:9050': { type: 'socks5', host: '127.0.0.1', port: 9050 },
    ' SOCKS5://[::1]:1/ ': { type: 'socks5', host: '::1', port: 1 },
    'socks5h://tor.example:65535': { type: 'socks5', host: 'tor.example', port: 65_535 },
    'http://anna@proxy:8080': { type: 'http', host: 'proxy', port: 8080, user: 'anna' },
    'socks5://anna:@proxy:8080': { type: 'socks5', host: 'proxy', port: 8080, user: 'anna', password: '' },
    'socks5://a@b:c@d@h:1': { type: 'socks5', host: 'h', port: 1, user: 'a@b', password: 'c@d' },
  }
  for (const [text, proxy] of Object.entries(good)) {
    it(`reads ${text.trim()}`, () => assert.deepEqual(parseProxy(text), proxy))
  }

  it('decodes what is encoded, and knows what no HTTP proxy can be told', () => {
    const text = 'socks5://a%3Ab%40c:d:%25%C3%A9@h:1'
    assert.deepEqual(parseProxy(text), { type: 'socks5', host: 'h', port: 1, user: 'a:b@c', password: 'd:%é' })
    assert.equal(
      codeOf(() => parseProxy(text.replace('socks5', 'http'))),
      'bad-credentials',
    )
  })

  const bad: Record<string, string> = {
    '': 'bad-form',
    '127.0.0.1:9050': 'bad-form',
    'socks5:127.0.0.1:9050': 'bad-form',
    'socks5://u:geheim@h:1/path': 'bad-form',
    'socks5://h:1:2': 'bad-form',
    'https://u:geheim@h:1': 'bad-type',
    'socks4://u:geheim@h:1': 'bad-type',
    'constructor://h:1': 'bad-type',
    'socks5://:1': 'bad-host',
    'socks5://[]:1': 'bad-host',
    'socks5://1.2.3.256:1': 'bad-host',
    'socks5://u:geheim@a b:1': 'bad-host',
    'socks5://h': 'bad-port',
    'socks5://h:': 'bad-port',
    'socks5://h:0': 'bad-port',
    'socks5://h:65536': 'bad-port',
    'socks5://h:80a': 'bad-port',
    'socks5://@h:1': 'bad-credentials',
    'socks5://:geheim@h:1': 'bad-credentials',
    'socks5://%zz:geheim@h:1': 'bad-credentials',
    'http://a%0d%0aHost:geheim@h:1': 'bad-credentials',
    [`socks5://${'u'.repeat(256)}@h:1`]: 'bad-credentials',
    [`socks5://u:${'%C3%BC'.repeat(128)}@h:1`]: 'bad-credentials',
  }
  for (const [text, code] of Object.entries(bad)) {
    it(`refuses ${text.slice(0, 40)} with ${code}`, () =>
      assert.equal(
        codeOf(() => parseProxy(text)),
        code,
      ))
  }

  it('looks at proxies in parts as well', () => {
    const proxy = { type: 'http', host: 'h', port: 1 } as const
    assert.equal(checkProxy(proxy), proxy)
    assert.equal(
      codeOf(() => checkProxy({ ...proxy, type: 'tor' as 'http' })),
      'bad-type',
    )
    assert.equal(
      codeOf(() => checkProxy({ ...proxy, host: undefined as unknown as string })),
      'bad-host',
    )
    assert.equal(
      codeOf(() => checkProxy({ ...proxy, port: 1.5 })),
      'bad-port',
    )
    assert.equal(
      codeOf(() => checkProxy({ ...proxy, password: 'geheim' })),
      'bad-credentials',
    )
    assert.equal(
      codeOf(() => checkProxy({ ...proxy, user: 'u'.repeat(255), password: 'ü'.repeat(127) })),
      'none',
    )
  })
})
