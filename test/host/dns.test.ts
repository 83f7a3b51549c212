import assert from 'node:assert/strict'
import { isHost, ResolveError, resolveHost } from '../../src/host/dns.js'

const answers =
  (...addresses: string[]) =>
  async (): Promise<string[]> =>
    addresses
const never = (): Promise<string[]> => new Promise(() => {})
const fails = (code: string) => async (): Promise<string[]> => {
  throw Object.assign(new Error(code), { code })
}
const refused = (): never => assert.fail('the resolver must not be asked')

describe('resolveHost', () => {
  it('never asks the resolver for numeric addresses', async () => {
    const texts = async (host: string): Promise<string[]> =>
      (await resolveHost(host, 33_445, { lookup: refused })).map(String)
    assert.deepEqual(await texts('127.0.0.1'), ['127.0.0.1:33445'])
    assert.deepEqual(await texts('::1'), ['[::1]:33445'])
    assert.deepEqual(await texts('[2001:db8::5]'), ['[2001:db8::5]:33445'])
    assert.deepEqual(await texts('::ffff:10.0.0.1'), ['10.0.0.1:33445'])
  })

  it('gives all addresses in order, without repeats, of the wanted family', async () => {
    const lookup = answers('2001:db8::1', '192.0.2.1', '192.0.2.1', 'fe80::1%eth0', 'nonsense')
    const texts = async (family?: 4 | 6): Promise<string[]> =>
      (await resolveHost('node.example', 1, { lookup, ...(family === undefined ? {} : { family }) })).map(
        ({ ip }) => ip,
      )
    assert.deepEqual(await texts(), ['2001:db8::1', '192.0.2.1', 'fe80::1'])
    assert.deepEqual(await texts(4), ['192.0.2.1'])
    assert.deepEqual(await texts(6), ['2001:db8::1', 'fe80::1'])
  })

  it('says apart what went wrong', async () => {
    const codeOf = async (host: string, port: number, options: object): Promise<string> => {
      try {
        await resolveHost(host, port, options)
        return 'resolved'
      } catch (error) {
        assert.ok(error instanceof ResolveError)
        assert.ok(error.message.length > 0)
        return error.code
      }
    }
    assert.equal(await codeOf('a b', 1, { lookup: refused }), 'bad-host')
    assert.equal(await codeOf('', 1, { lookup: refused }), 'bad-host')
    assert.equal(await codeOf('1.2.3.256', 1, { lookup: refused }), 'bad-host')
    assert.equal(await codeOf('127.0.0.1', 0, { lookup: refused }), 'bad-port')
    assert.equal(await codeOf('127.0.0.1', 65_536, { lookup: refused }), 'bad-port')
    assert.equal(await codeOf('127.0.0.1', 1, { lookup: refused, family: 6 }), 'wrong-family')
    assert.equal(await codeOf('a.example', 1, { lookup: fails('ENOTFOUND') }), 'not-found')
    assert.equal(await codeOf('a.example', 1, { lookup: fails('EAI_AGAIN') }), 'unavailable')
    assert.equal(await codeOf('a.example', 1, { lookup: answers() }), 'not-found')
    assert.equal(await codeOf('a.example', 1, { lookup: answers('::1'), family: 4 }), 'not-found')
  })

  it('stops waiting when aborted', async () => {
    const controller = new AbortController()
    const waiting = resolveHost('slow.example', 1, { lookup: never, signal: controller.signal })
    controller.abort(new Error('enough'))
    await assert.rejects(waiting, /enough/)
    await assert.rejects(resolveHost('127.0.0.1', 1, { signal: controller.signal }), /enough/)
  })

  it('resolves localhost through the system', async () => {
    const endpoints = await resolveHost('localhost', 5)
    assert.ok(endpoints.length > 0 && endpoints.every((endpoint) => endpoint.isLoopback))
  })
})

describe('isHost', () => {
  it('knows names and addresses from nonsense', () => {
    for (const host of [
      'a',
      'a.b',
      'tox.node-1.example.',
      'x_y.example',
      '127.0.0.1',
      '::1',
      'xn--bcher-kva.example',
    ]) {
      assert.ok(isHost(host), host)
    }
    const long = 'a'.repeat(64)
    for (const host of [
      '',
      '.',
      'a..b',
      '-a',
      'a b',
      'a/b',
      '256.1.1.1',
      '1.2.3',
      long,
      `${'a.'.repeat(127)}ab`,
      'ä.de',
    ]) {
      assert.ok(!isHost(host), host)
    }
  })
})
