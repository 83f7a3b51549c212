// What a program behind a proxy shows to anybody else: nothing. Told by the system calls that it makes.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile, isSanitized, needsOurs, needsTools, run, temporaryFolder } from './library.js'
import { isInstalled, type ProxyName, withProxy } from './proxies.js'
import { withBackbone } from './two-peers.js'

const FIRST_RELAY_PORT = 35_800
const FIRST_PROXY_PORT = 35_850
/** It waits for the network twice, and V8 starts slowly under the eyes of strace. */
const DEADLINE_MS = 90_000

/** Numbers of Tox_Proxy_Type. */
const TYPES = { none: 0, tinyproxy: 1, microsocks: 2 } as const

/** What a program would read to find out what a name means, and whom it would ask. */
const NAME_FILES = /"\/etc\/(hosts|resolv\.conf|nsswitch\.conf|gai\.conf|host\.conf)"|nscd|resolve/

interface Seen {
  readonly lines: readonly string[]
  readonly datagramSockets: readonly string[]
  readonly connects: readonly string[]
  readonly lookups: readonly string[]
}

async function watch(node: readonly string[], type: number, proxyPort: number): Promise<Seen> {
  const file = join(temporaryFolder(), `strace-${proxyPort}`)
  const through = ['strace', '-f', '-qq', '-e', 'trace=%network,openat', '-o', file]
  const program = await compile('private')
  const lines = await run(program, 'ours', [String(type), String(proxyPort), ...node], {
    through,
    deadlineMs: DEADLINE_MS,
  })
  const calls = readFileSync(file, 'utf8').split('\n')
  return {
    lines,
    datagramSockets: calls.filter((call) => /\bsocket\(AF_INET6?, SOCK_(DGRAM|RAW)/.test(call)),
    connects: calls
      .filter((call) => /\bconnect\(/.test(call))
      .map((call) => /sin6?_port=htons\((\d+)\)/.exec(call)?.[1] ?? call),
    lookups: calls.filter((call) => NAME_FILES.test(call)),
  }
}

describe('a C program behind a proxy', function () {
  this.timeout(2 * DEADLINE_MS)
  needsTools(this)
  before(function () {
    needsOurs(this)
    if (isSanitized || !isInstalled('strace')) this.skip()
  })

  for (const [i, proxy] of (['microsocks', 'tinyproxy'] as const satisfies readonly ProxyName[]).entries()) {
    it(`opens no UDP socket, asks for no name and connects to ${proxy} alone`, async function () {
      if (!isInstalled(proxy)) this.skip()
      const port = FIRST_PROXY_PORT + i
      await withBackbone({ whose: 'ours', tcpPort: FIRST_RELAY_PORT + i }, async (node) => {
        await withProxy(proxy, port, async () => {
          const { lines, datagramSockets, connects, lookups } = await watch(node, TYPES[proxy], port)
          const life = [
            'tox_self_get_udp_port(tox, &error) != 0: 0, error 1',
            // A node's address is needed by others; a name is not looked up in the open.
            'tox_bootstrap(tox, "localhost", udp_port, key, &error): 0, error 2',
            'tox_bootstrap(tox, "127.0.0.1", udp_port, key, &error): 1, error 0',
            'tox_add_tcp_relay(tox, "a\\r\\nb", relay_port, key, &error): 0, error 2',
            'tox_add_tcp_relay(tox, "localhost", relay_port, key, &error): 1, error 0',
          ]
          const [added, again] = ['0, error 0', `${2 ** 32 - 1}, error 5`].map(
            (answer) => `tox_friend_add(tox, address_of(9, 1), bytes_of("hello"), 5, &error): ${answer}`,
          )
          const connected = 'tox_self_get_connection_status(tox): 1'
          assert.deepEqual(lines, [...life, added, connected, '-- back from the profile', ...life, again, connected])
          assert.deepEqual(datagramSockets, [])
          assert.deepEqual([...new Set(connects)], [String(port)])
          assert.deepEqual(lookups, [])
        })
      })
    })
  }

  it('is told from one that is not', async () => {
    await withBackbone({ whose: 'ours', tcpPort: FIRST_RELAY_PORT + 2 }, async (node) => {
      const { lines, datagramSockets, connects, lookups } = await watch(node, TYPES.none, FIRST_PROXY_PORT + 2)
      assert.ok(lines.includes('tox_bootstrap(tox, "localhost", udp_port, key, &error): 1, error 0'))
      assert.ok(datagramSockets.length > 0)
      assert.ok(connects.includes(node[2]!))
      assert.ok(lookups.length > 0)
    })
  })
})
