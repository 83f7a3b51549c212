// What people type wrong: one clear line on standard error, and an exit code. 2: the command line is wrong; 1: it is right,
// but could not be done.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '../../src/base/index.js'
import { DEADLINE_MS, ROOT, run } from './process.js'

const KEY = '8E8B63299B3D520FB377FE5100E65E3322F7AE5B20A0ACED2981769FC5B43725'
// The example of the Tox specification, and what typing makes of it.
const TOX_ID = `${KEY}1234567809E0`.replace(/.{4}$/, () => checksum(`${KEY}12345678`))

function checksum(hex: string): string {
  const sum = new Uint8Array(2)
  for (let i = 0; i < hex.length / 2; i++) sum[i % 2]! ^= Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)
  return toHex(sum)
}

/** Starts at most so many commands at once: they are short, but each loads a whole Node. */
const JOBS = 2

describe('toxcore-ts, typed wrong', function () {
  this.timeout(8 * DEADLINE_MS)
  const dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
  const taken = createSocket('udp4')
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(dir, name)
    writeFileSync(path, content)
    return path
  }

  interface Mistake {
    args: () => string[]
    code: number
    says: RegExp
  }
  const mistakes: Record<string, Mistake> = {}
  const mistake = (name: string, args: string[] | (() => string[]), code: number, says: RegExp): void => {
    mistakes[name] = { args: typeof args === 'function' ? args : () => args, code, says }
  }

  mistake('an unknown command', ['frobnicate'], 2, /unknown command 'frobnicate'; see toxcore-ts --help/)
  mistake('an unknown option', ['chat', '--frob'], 2, /unknown option --frob; see toxcore-ts chat --help/)
  mistake('an unknown short option', ['echo', '-x'], 2, /unknown option -x/)
  mistake('an option of another command', ['demo', '--port', '5'], 2, /unknown option --port/)
  mistake('an option without its value', ['chat', '--data'], 2, /option --data needs a value: --data DIR/)
  mistake('an option for a value', ['chat', '--data', '--ipv4'], 2, /option --data needs a value/)
  mistake('a switch with a value', ['echo', '--ipv4=yes'], 2, /option --ipv4 takes no value/)
  mistake('an operand too many', ['echo', 'extra'], 2, /unexpected argument 'extra'/)
  mistake('a port that is none', ['chat', '--port', '65536'], 2, /--port wants a whole number from 1 to 65535/)
  mistake('a timeout that is none', ['echo', '--timeout', '2s'], 2, /--timeout wants a whole number from 0 to 86400/)
  mistake('no action of id', ['id'], 2, /too few arguments: toxcore-ts id ACTION OPERAND/)
  mistake('an unknown action of id', ['id', 'frob', 'x'], 2, /unknown action 'frob': new, show, verify, convert/)
  mistake('a motd too long', ['node', '--motd', 'x'.repeat(256)], 2, /--motd is longer than 255 bytes/)

  mistake('a Tox ID too short', ['chat', '--add', TOX_ID.slice(1)], 1, /a Tox ID has 76 digits, this has 75$/m)
  mistake('a public key for a Tox ID', ['chat', '--add', KEY], 1, /this has 64: a public key alone\?/)
  mistake('a Tox ID with a strange digit', ['chat', '--add', `G${TOX_ID.slice(1)}`], 1, /'G' is no hexadecimal digit/)
  mistake('a Tox ID with a wrong digit', ['chat', '--add', `9${TOX_ID.slice(1)}`], 1, /checksum is wrong/)
  mistake('the same for id verify', ['id', 'verify', `9${TOX_ID.slice(1)}`], 1, /checksum is wrong/)
  mistake('a nospam that is none', ['id', 'convert', KEY, '--nospam', '12'], 2, /--nospam wants 8 hexadecimal digits/)

  mistake('a node in another form', ['echo', '--bootstrap', 'localhost'], 2, /'localhost' is not HOST:PORT:KEY/)
  mistake('a node on port 0', ['echo', '--bootstrap', `a.example:0:${KEY}`], 2, /'0' is not a port: 1 to 65535/)
  mistake('a node with half a key', ['echo', '--bootstrap', 'a.example:33445:ABCD'], 2, /a key has 64 digits, not 4/)
  mistake('a node with a Tox ID', ['echo', '--bootstrap', `a.example:33445:${TOX_ID}`], 2, /this is a Tox ID/)
  mistake(
    'a node with a strange digit',
    ['node', '--bootstrap', `h:1:${KEY.replace('8', 'x')}`],
    2,
    /no hexadecimal digit/,
  )
  mistake('a node without an address', ['demo', '--bootstrap', `1.2.3.256:1:${KEY}`], 2, /neither an IP address nor a/)

  mistake(
    'a proxy in another form',
    ['echo', '--proxy', '127.0.0.1:9050'],
    2,
    /--proxy: a proxy is socks5:\/\/HOST:PORT/,
  )
  mistake('a proxy of another type', ['chat', '--proxy', 'socks4://h:1'], 2, /--proxy: no proxy of type 'socks4'/)
  mistake(
    'a proxy that needs DNS',
    ['echo', '--proxy', 'http://proxy.example:80'],
    2,
    /asks no DNS: give its IP address/,
  )
  mistake('a LAN that is wanted and not', ['echo', '--lan', '--no-lan'], 2, /exclude each other/)
  mistake('a LAN without UDP', ['chat', '--lan', '--no-udp'], 2, /--lan needs UDP/)
  mistake(
    'a router to be asked in secret',
    ['echo', '--port-mapping', '--proxy', 'http://127.0.0.1:8'],
    2,
    /portMapping/,
  )
  mistake('privacy without a proxy', ['echo', '--privacy', 'strict'], 2, /needs a proxy/)
  mistake('privacy of another kind', ['echo', '--privacy', 'high'], 2, /--privacy wants strict or normal, not 'high'/)
  mistake('a relay in another form', ['echo', '--relay', 'h:1'], 2, /--relay: 'h:1' is not HOST:PORT:KEY/)
  mistake(
    'a proxy that is not there',
    ['echo', '--proxy', 'socks5://anna:geheim@127.0.0.1:1', '--relay', `10.0.0.1:1:${KEY}`, '--timeout', '1'],
    1,
    /no answer from 10\.0\.0\.1:1 within 1 s: the SOCKS5 proxy 127\.0\.0\.1:1: connection refused$/m,
  )

  mistake('no nodes file', ['echo', '--nodes', '/nonexistent'], 2, /nodes file \/nonexistent: there is no such file/)
  mistake('a folder for a nodes file', ['echo', '--nodes', dir], 2, /it is a directory/)
  mistake('a nodes file that is none', () => ['echo', '--nodes', file('text', 'hello')], 2, /is not JSON/)
  mistake('a nodes file without nodes', () => ['chat', '--nodes', file('none', '{"nodes":[]}')], 2, /it lists none/)

  const nobody = ['--bootstrap', `127.0.0.1:9:${KEY}`, '--timeout', '2']
  const noAnswer = /^toxcore-ts: no answer from 127\.0\.0\.1:9 within 2 s: wrong address, wrong key or node down\n$/
  mistake('a node that does not answer', ['echo', ...nobody], 1, noAnswer)

  mistake('a used port', () => ['echo', '--port', `${taken.address().port}`], 1, /port/)
  mistake('a used port for a node', () => ['node', '--port', `${taken.address().port}`], 1, /port/)
  mistake(
    'an address of others',
    ['node', '--listen', '192.0.2.1'],
    1,
    /192\.0\.2\.1 is not an address of this machine/,
  )
  mistake('an address that is none', ['node', '--listen', 'foo'], 1, /'foo' is not an IP address/)
  mistake('a folder for a key file', ['node', '--key', dir], 1, /the key file .*folder/)
  mistake('a key file that is none', ['node', '--key', join(ROOT, 'package.json')], 1, /holds neither/)

  mistake('a data folder below a file', () => ['echo', '--data', `${file('f', '')}/x`], 1, /cannot make the folder/)
  mistake('a data folder that cannot be', ['demo', '--data', '/proc/none/x'], 1, /cannot make the folder/)
  mistake(
    'a profile that is none',
    () => {
      mkdirSync(join(dir, 'bad'))
      file('bad/echo.tox', 'no profile at all')
      return ['echo', '--data', join(dir, 'bad')]
    },
    1,
    /echo\.tox is damaged or is no Tox profile/,
  )
  mistake(
    'an encrypted profile',
    () => {
      mkdirSync(join(dir, 'sealed'))
      const magic = new TextEncoder().encode('toxEsave')
      file(
        'sealed/echo.tox',
        Uint8Array.from({ length: 400 }, (_, i) => magic[i] ?? i % 256),
      )
      return ['echo', '--data', join(dir, 'sealed')]
    },
    1,
    /echo\.tox is encrypted with a passphrase/,
  )
  mistake('the same for id show', () => ['id', 'show', join(dir, 'sealed/echo.tox')], 1, /is encrypted with a pass/)
  mistake(
    'no passphrase file',
    ['echo', '--data', dir, '--passphrase-file', '/nonexistent'],
    1,
    /cannot read the passphrase/,
  )
  mistake(
    'an unknown action of profile',
    ['profile', 'frob', 'x'],
    2,
    /unknown action 'frob': check, repair, encrypt, de/,
  )
  mistake('no profile to check', ['profile', 'check', '/nonexistent'], 1, /does not exist, or is empty/)
  mistake(
    'no profile to import',
    ['import', '/nonexistent', '--data', join(dir, 'new')],
    1,
    /does not exist, or is empty/,
  )
  mistake('a date that is none', ['history', '--since', 'yesterday'], 2, /--since wants a date such as 2026-01-31, not/)
  mistake(
    'no folder for downloads',
    ['receive', '--downloads', '/nonexistent'],
    1,
    /cannot put files into \/nonexistent/,
  )
  mistake(
    'a profile of an earlier version',
    () => {
      mkdirSync(join(dir, 'former'))
      file('former/chat.tox', 'a profile')
      return ['chat', '--data', join(dir, 'former')]
    },
    1,
    /chat\.tox is the profile of an earlier version: rename it to .*profile\.tox/,
  )
  mistake('no profile to show', ['id', 'show', '/nonexistent'], 1, /cannot read \/nonexistent: no such file/)
  mistake(
    'no place for a profile',
    ['id', 'new', '/nonexistent/x.tox'],
    1,
    /cannot write .*: no such file or directory/,
  )
  mistake('a profile in the way', () => ['id', 'new', file('there.tox', 'x')], 1, /there\.tox exists already/)

  const results = new Map<string, ReturnType<typeof run>>()

  before(async () => {
    taken.bind(0, '127.0.0.1')
    await once(taken, 'listening')
    const waiting = Object.entries(mistakes)
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const result = run(...next[1].args())
        results.set(next[0], result)
        await result.catch(() => {})
      }
    }
    await Promise.all(Array.from({ length: JOBS }, worker))
  })
  after(() => {
    taken.close()
    rmSync(dir, { recursive: true, force: true })
  })

  for (const [name, { code, says }] of Object.entries(mistakes)) {
    it(name, async () => {
      const result = await results.get(name)!
      assert.match(result.stderr, says)
      const lines = result.stderr.split('\n').filter((line) => line !== '')
      assert.equal(lines.at(-1)?.startsWith('toxcore-ts: '), true, result.stderr)
      assert.equal(lines.filter((line) => line.startsWith('toxcore-ts: ')).length, 1, 'one line')
      assert.doesNotMatch(result.stderr, /^ {4}at |internal error/m)
      assert.equal(result.code, code)
      if (code === 2) assert.equal(result.stdout, '', 'nothing has begun')
    })
  }

  it('leaves a profile that is in the way as it is', () => {
    assert.equal(readFileSync(join(dir, 'there.tox'), 'utf8'), 'x')
  })
})
