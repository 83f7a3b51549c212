// What goes wrong around the library, and hosts that do odd things: an instance is made or refused with a reason, and no call
// ends the process.

import assert from 'node:assert/strict'
import { execFile, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import {
  compile,
  environment,
  isSanitized,
  libraries,
  measurements,
  needsOurs,
  needsTools,
  run,
  temporaryFolder,
} from './library.js'

const LIFE = [
  'instance: 1, error 0',
  'tox_self_set_name(tox, name, sizeof(name), &error): 1, error 0',
  'tox_self_get_friend_list_size(tox): 100',
  'tox_bootstrap(tox, "127.0.0.1", 1, key_of(1), &error): 1, error 0',
  'lived and died',
]
/** TOX_ERR_NEW_MALLOC. */
const REFUSED = 'instance: 0, error 2'

/** Above what an instance takes: all the queues of one busy friendship (45 MB of messages), or thousands of nodes to ask. */
const FLOOD_KIB = 160 * 1024

/** Of Tox_Err_Set_Info, which has no error for what nobody expected. */
const TOO_LONG = 2

/** How a program gets mounts of its own here: as root, as a user who may make namespaces, or not at all. */
const OWN_MOUNTS = [
  ['unshare', '-m'],
  ['unshare', '-rm'],
].find(([command, ...args]) => spawnSync(command!, [...args, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0)

/** The library with another text in its script, in a folder of its own. */
function libraryWith(before: string, after: string): string {
  assert.equal(before.length, after.length)
  const folder = join(temporaryFolder(), 'mistaken')
  mkdirSync(folder)
  const bytes = readFileSync(libraries.ours!)
  const at = bytes.indexOf(before)
  assert.ok(at > 0 && bytes.indexOf(before, at + 1) < 0, 'the script has the text once')
  bytes.write(after, at, 'latin1')
  writeFileSync(join(folder, 'libtoxcore.so.2'), bytes)
  const beside = join(dirname(libraries.ours!), 'toxcore-ts')
  if (existsSync(beside)) symlinkSync(beside, join(folder, 'toxcore-ts'))
  return folder
}

describe('a C process in trouble', function () {
  this.timeout(90_000)
  needsTools(this)
  before(function () {
    needsOurs(this)
  })

  const program = (name = 'faults'): Promise<string> => compile(name, 'ours')
  const tell = async (...args: string[]): Promise<string[]> => run(await program(), 'ours', args)

  /** In a file system of its own, changed by `script`, where the program is "$@". */
  const through = (script: string): string[] => [...OWN_MOUNTS!, 'sh', '-c', `${script}; exec "$@"`, 'sh']

  /** What a life says on standard error. */
  async function errorsOf(before: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
    const [command, ...args] = [...before, await program(), 'new']
    const child = spawn(command!, args, { env: environment('ours', env), stdio: ['ignore', 'ignore', 'pipe'] })
    let text = ''
    for await (const part of child.stderr.setEncoding('utf8')) text += part
    return text
  }

  it('whose environment speaks to another Node: none of it is heard', async () => {
    const spoken = {
      NODE_OPTIONS: '--no-such-option',
      NODE_DEBUG: 'module,net,http',
      NODE_DEBUG_NATIVE: 'mksnapshot',
      NODE_V8_COVERAGE: '/no/such/folder',
      NODE_EXTRA_CA_CERTS: '/no/such/file',
      NODE_PENDING_DEPRECATION: '1',
      UV_THREADPOOL_SIZE: 'many',
      OPENSSL_CONF: '/no/such/file',
    }
    assert.match(await errorsOf([], spoken), /^library: .*\n$/)
    assert.deepEqual(await run(await program(), 'ours', ['new'], { env: spoken }), LIFE)
  })

  describe('without what Node needs', () => {
    const needsMounts = (test: Mocha.Context): void => {
      if (OWN_MOUNTS === undefined) test.skip()
    }

    it("Node's JavaScript files: tox_new says which one is missing", async function () {
      needsMounts(this)
      const lines = await run(await program(), 'ours', ['new'], {
        through: through('mount -t tmpfs none /usr/share/nodejs'),
      })
      assert.match(
        lines[0]!,
        /^log: tox_new: \/usr\/share\/nodejs\/.*\.js, which libnode reads at start, cannot be read/,
      )
      assert.deepEqual(lines.slice(1), [REFUSED])
    })

    it('libnode itself: tox_new says so', async function () {
      needsMounts(this)
      const libnode = (await tell('libnode')).at(-1)!
      assert.match(libnode, /^\/.*libnode\.so\.\d+$/)
      const hide = through(`mount --bind /dev/null '${libnode}'`)
      const lines = await run(await program(), 'ours', ['new'], { through: hide })
      assert.match(lines[0]!, /^log: tox_new: the Node runtime does not load: .*libnode\.so/)
      assert.deepEqual(lines.slice(1), [REFUSED])
    })

    it('TOXCORE_TS_LOG tells it on standard error', async function () {
      needsMounts(this)
      const text = await errorsOf(through('mount -t tmpfs none /usr/share/nodejs'), { TOXCORE_TS_LOG: 'error' })
      assert.match(text, /^toxcore-ts: error: \/usr\/share\/nodejs\/.* cannot be read: .* \(tox_new\)$/m)
    })

    it('open files: tox_new says how many, whatever is left', async () => {
      for (const left of [0, 1, 3, 5, 9, 12, 15]) {
        const lines = await tell('files', String(left))
        assert.deepEqual(
          lines,
          ['log: tox_new: Node needs 16 more open files: Too many open files', REFUSED],
          `${left}`,
        )
      }
      assert.deepEqual(await tell('files', '18'), LIFE)
    })

    it('address space: tox_new says how much, whatever is left', async function () {
      if (isSanitized) this.skip()
      for (const left of [60, 120, 250, 400, 500]) {
        const lines = await tell('memory', String(left))
        assert.deepEqual(
          lines,
          ['log: tox_new: Node needs 512 MiB of address space; see RLIMIT_AS', REFUSED],
          `${left}`,
        )
      }
      assert.deepEqual(await tell('memory', '640'), LIFE)
    })
  })

  it('whose core makes a mistake: the call fails, the log tells where, and life goes on', async () => {
    const folder = libraryWith('tox.messenger.setStatusMessage(', 'tox.messenger.aMistakeOfOurOwn(')
    const env = { ...environment('ours'), LD_LIBRARY_PATH: folder }
    const { stdout } = await promisify(execFile)(await program(), ['mistake'], { env })
    const lines = stdout.split('\n').filter((line) => !/^\s+at /.test(line))
    assert.deepEqual(lines.slice(0, -1), [
      'log: : TypeError: tox.messenger.aMistakeOfOurOwn is not a function',
      `tox_self_set_status_message(tox, bytes_of("busy"), 4, &error): 0, error ${TOO_LONG}`,
      'tox_self_get_status_message_size(tox): 0',
      'tox_self_set_name(tox, bytes_of("name"), 4, &error): 1, error 0',
      'tox_self_get_name_size(tox): 4',
      'log lines: 1',
    ])
  })

  describe('on a small stack', () => {
    const TOO_SMALL = /^log: (tox_new|CoreCall): too little is left of this thread's stack$/

    for (const kib of [16, 24, 32, 40, 48, 56, 64, 72, 80, 96, 128]) {
      it(`of ${kib} KiB: a whole life or a clear refusal`, async function () {
        if (isSanitized) this.skip()
        // Where the first instance is made there, and where Node runs already.
        for (const { before, enough } of [
          { before: [], enough: 96 },
          { before: ['later'], enough: 64 },
        ]) {
          const lines = (await tell('stack', String(kib), ...before)).slice(before.length * LIFE.length)
          const mayBeRefused = kib < enough && lines.at(-1) === REFUSED
          assert.deepEqual(lines, mayBeRefused ? [lines[0], REFUSED] : LIFE)
          if (mayBeRefused) assert.match(lines[0]!, TOO_SMALL)
        }
      })
    }
  })

  describe('that ends', () => {
    for (const { way, lines } of [
      { way: 'callback', lines: ['exit in a callback'] },
      { way: 'exit', lines: ['the end'] },
      { way: 'atexit', lines: ['the end', 'killed at exit'] },
      { way: 'quick', lines: ['the end'] },
      { way: 'at-once', lines: ['the end'] },
      { way: 'main-thread', lines: ['the other thread ends it'] },
      { way: 'first-thread', lines: LIFE },
      { way: 'return', lines: ['the end'] },
    ]) {
      it(`by ${way}, while instances live`, async () => {
        assert.deepEqual(await tell('end', way), lines)
      })
    }

    it('only in its children: posix_spawn, vfork, fork and popen beside a thread that iterates', async () => {
      assert.deepEqual(await tell('spawn'), [
        'posix_spawn, 20 times',
        'vfork and exec: 0',
        'fork and exit: 0',
        'popen: 0, from a shell',
      ])
    })

    it('its use of the library by dlclose, three times', async () => {
      assert.deepEqual(await run(await program('reload'), 'ours'), Array(3).fill('loaded, lived, unloaded'))
    })
  })

  describe('that asks for too much', () => {
    for (const { what, lines } of [
      {
        what: 'friend',
        lines: [
          'messages, taken or refused: 1, some were taken: 1',
          'all that was taken was heard: 1',
          'packets, taken or refused: 1, some were taken: 1',
          'all that was taken was heard: 1',
          'still friends: 1',
        ],
      },
      { what: 'alone', lines: ['friends: 1000'] },
    ]) {
      it(`${what}: queues end, and memory with them`, async function () {
        const told = await run(await program('flood'), 'ours', [what])
        assert.deepEqual(
          told.filter((line) => !line.startsWith('= ')),
          lines,
        )
        if (isSanitized) this.skip()
        for (const [name, kib] of measurements(told)) {
          if (name.endsWith('_kib')) assert.ok(kib < FLOOD_KIB, `${name} is ${kib}`)
        }
      })
    }
  })
})
