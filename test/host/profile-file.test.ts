import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs, {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProfileError } from '../../src/host/profile-error.js'
import { ProfileFile } from '../../src/host/profile-file.js'
import { until } from '../support/until.js'
import { stateNumber, stateOf } from './profile-state.js'

const isWhole = (bytes: Uint8Array): boolean => stateNumber(bytes) !== undefined
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'fine'
  } catch (error) {
    assert.ok(error instanceof ProfileError, String(error))
    return error.code
  }
}

describe('ProfileFile', () => {
  let dir: string
  let path: string
  const opened: ProfileFile[] = []
  const open = (file = path, options = {}): ProfileFile => {
    const profile = ProfileFile.open(file, options)
    opened.push(profile)
    return profile
  }
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-profile-'))
    path = join(dir, 'me.tox')
  })
  afterEach(async () => {
    for (const profile of opened.splice(0)) await profile.close().catch(() => {})
    rmSync(dir, { recursive: true, force: true })
  })
  const onDisk = (file = path): number | undefined => stateNumber(readFileSync(file))

  it('loads nothing at first, then what was saved; keeps the state before as backup', async () => {
    const profile = open()
    assert.equal(profile.load(), undefined)
    assert.equal(profile.source, 'nothing')
    await profile.save(stateOf(1))
    assert.equal(existsSync(profile.backupPath), false)
    await profile.save(stateOf(2))
    assert.equal(onDisk(), 2)
    assert.equal(onDisk(profile.backupPath), 1)
    await profile.save(stateOf(3))
    assert.equal(onDisk(profile.backupPath), 2)
    assert.equal(stateNumber(profile.load()!), 3)
    assert.equal(profile.source, 'main')
    await profile.close()
    assert.deepEqual(readdirSync(dir).sort(), ['me.tox', 'me.tox.bak'])
  })

  it('is readable by its owner alone', async () => {
    writeFileSync(path, stateOf(1), { mode: 0o644 })
    const profile = open()
    await profile.save(stateOf(2))
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.equal(statSync(`${path}.lock`).mode & 0o777, 0o600)
  })

  it('takes the bytes as they are at the call', async () => {
    const profile = open()
    const bytes = stateOf(1)
    const saved = profile.save(bytes)
    bytes.fill(0)
    await saved
    assert.equal(onDisk(), 1)
  })

  it('runs many saves in order and lets the newest waiting one win', async () => {
    const profile = open()
    await Promise.all(Array.from({ length: 50 }, (_, i) => profile.save(stateOf(i))))
    assert.equal(onDisk(), 49)
  })

  for (const [name, damage] of [
    ['missing', () => unlinkSync(path)],
    ['empty', () => writeFileSync(path, '')],
    ['torn', () => writeFileSync(path, readFileSync(path).subarray(0, 900))],
  ] as const) {
    it(`falls back to the backup when the file is ${name}, and keeps that backup`, async () => {
      const profile = open()
      await profile.save(stateOf(1))
      await profile.save(stateOf(2))
      damage()
      assert.equal(stateNumber(profile.load(isWhole)!), 1)
      assert.equal(profile.source, 'backup')
      await profile.save(stateOf(3))
      assert.equal(onDisk(), 3)
      assert.equal(onDisk(profile.backupPath), 1, 'the damaged file did not push out the good backup')
      assert.equal(existsSync(`${path}.damaged`), name === 'torn')
    })
  }

  it('hands out a file that nobody accepts, and sets it aside before saving over it', async () => {
    writeFileSync(path, 'something else')
    const profile = open()
    assert.equal(Buffer.from(profile.load(isWhole)!).toString(), 'something else')
    assert.equal(profile.source, 'main')
    await profile.save(stateOf(1))
    assert.equal(readFileSync(`${path}.damaged`, 'utf8'), 'something else')
  })

  it('is not confused by what a kill left behind', async () => {
    writeFileSync(path, stateOf(5))
    linkSync(path, `${path}.bak`)
    linkSync(path, `${path}.bak.tmp`)
    writeFileSync(`${path}.tmp`, 'half')
    const profile = open()
    await profile.save(stateOf(6))
    assert.equal(onDisk(), 6)
    assert.equal(onDisk(profile.backupPath), 5)
    await profile.close()
    assert.deepEqual(readdirSync(dir).sort(), ['me.tox', 'me.tox.bak'])
  })

  it('follows symbolic links, also one whose target does not exist yet, and keeps them', async () => {
    mkdirSync(join(dir, 'real'))
    symlinkSync(join('real', 'target.tox'), join(dir, 'middle.tox'))
    symlinkSync('middle.tox', path)
    const profile = open()
    assert.equal(profile.load(), undefined)
    await profile.save(stateOf(1))
    await profile.save(stateOf(2))
    assert.equal(readlinkSync(path), 'middle.tox')
    assert.equal(onDisk(join(dir, 'real', 'target.tox')), 2)
    assert.equal(
      codeOf(() => open(join(dir, 'real', 'target.tox'))),
      'locked',
      'both names are one profile',
    )
    symlinkSync('loop', join(dir, 'loop'))
    assert.equal(
      codeOf(() => open(join(dir, 'loop'))),
      'bad-path',
    )
  })

  it('does not write through a symbolic link in the place of its draft', async () => {
    const victim = join(dir, 'victim')
    writeFileSync(victim, 'precious')
    symlinkSync(victim, `${path}.tmp`)
    await open().save(stateOf(1))
    assert.equal(readFileSync(victim, 'utf8'), 'precious')
    assert.ok(lstatSync(path).isFile())
  })

  it('says what is wrong with a path', () => {
    assert.equal(
      codeOf(() => open(dir)),
      'bad-path',
    )
    assert.equal(
      codeOf(() => open(join(dir, 'no', 'such.tox'))),
      'bad-path',
    )
    writeFileSync(path, 'file')
    assert.equal(
      codeOf(() => open(join(path, 'below.tox'))),
      'bad-path',
    )
  })

  it('refuses work after close', async () => {
    const profile = open()
    await profile.close()
    await profile.close()
    assert.equal(
      codeOf(() => profile.load()),
      'closed',
    )
    await assert.rejects(profile.save(stateOf(1)), { code: 'closed' })
    profile.scheduleSave(() => stateOf(1))
    await sleep(5)
    assert.equal(existsSync(path), false)
  })

  describe('scheduled saves', () => {
    it('wait for quiet, and save once', async () => {
      const profile = open(path, { quietMs: 20, latestMs: 500 })
      let produced = 0
      for (let i = 1; i <= 10; i++) {
        profile.scheduleSave(() => {
          produced++
          return stateOf(i)
        })
      }
      assert.equal(existsSync(path), false)
      await until(() => existsSync(path), 'a save')
      assert.equal(onDisk(), 10)
      assert.equal(produced, 1)
    })

    it('come at the latest after a while without quiet', async () => {
      const profile = open(path, { quietMs: 3_600_000, latestMs: 100 })
      const isSaved = (): boolean => {
        profile.scheduleSave(() => stateOf(1))
        return existsSync(path)
      }
      await until(isSaved, 'a save amid changes')
    })

    it('are saved by flush and by close', async () => {
      const profile = open()
      profile.scheduleSave(() => stateOf(1))
      await profile.flush()
      assert.equal(onDisk(), 1)
      profile.scheduleSave(() => stateOf(2))
      await profile.close()
      assert.equal(onDisk(), 2)
    })

    it('report a failure, and are tried again', async () => {
      const errors: ProfileError[] = []
      const profile = open(path, { quietMs: 1, onError: (error: ProfileError) => errors.push(error) })
      mkdirSync(`${path}.tmp`)
      profile.scheduleSave(() => stateOf(1))
      await until(() => errors.length > 0, 'an error')
      assert.ok(errors[0] instanceof ProfileError)
      rmSync(`${path}.tmp`, { recursive: true })
      await until(() => existsSync(path), 'a save after the failed one')
      assert.equal(onDisk(), 1)
    })

    it('report what the producer throws', async () => {
      let profile: ProfileFile
      const reported = new Promise<ProfileError>((resolve) => {
        profile = open(path, { quietMs: 1, onError: resolve })
      })
      profile!.scheduleSave(() => {
        throw new Error('mistake')
      })
      assert.ok((await reported) instanceof ProfileError)
      profile!.scheduleSave(() => stateOf(2))
      await profile!.flush()
      assert.equal(onDisk(), 2)
    })
  })

  describe('on a bad disk', () => {
    it('keeps the old state when the disk is full, and saves again when there is room', async function () {
      const mount = join(dir, 'small')
      mkdirSync(mount)
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mount], { stdio: 'ignore' })
      } catch {
        this.test!.title += ' (needs the right to mount)'
        return this.skip()
      }
      try {
        const file = join(mount, 'me.tox')
        const profile = ProfileFile.open(file)
        await profile.save(stateOf(1))
        writeFileSync(join(mount, 'filler'), new Uint8Array(40_000))
        await assert.rejects(profile.save(stateOf(49)), (error: ProfileError) => {
          assert.equal(error.code, 'no-space')
          assert.match(error.message, /the disk is full/)
          return true
        })
        assert.equal(onDisk(file), 1)
        assert.ok(!existsSync(`${file}.tmp`))
        unlinkSync(join(mount, 'filler'))
        await profile.save(stateOf(2))
        assert.equal(onDisk(file), 2)
        await profile.close()
      } finally {
        execFileSync('umount', [mount])
      }
    })

    it('says that a read-only place is one', async function () {
      const mount = join(dir, 'frozen')
      mkdirSync(mount)
      writeFileSync(join(mount, 'me.tox'), stateOf(1))
      if (process.getuid?.() !== 0) {
        chmodSync(mount, 0o500)
        assert.equal(
          codeOf(() => open(join(mount, 'me.tox'))),
          'denied',
        )
        chmodSync(mount, 0o700)
        return
      }
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', mount], { stdio: 'ignore' })
      } catch {
        this.test!.title += ' (needs the right to mount)'
        return this.skip()
      }
      try {
        assert.equal(
          codeOf(() => open(join(mount, 'me.tox'))),
          'denied',
        )
      } finally {
        execFileSync('umount', [mount])
      }
    })
  })

  describe('the lock', () => {
    const lockPath = (): string => `${path}.lock`
    const content = (): Record<string, unknown> => JSON.parse(readFileSync(lockPath(), 'utf8'))
    /** A lock as another holder would have left it. */
    const plant = (change: Record<string, unknown>, silentMs = 0): void => {
      rmSync(lockPath(), { force: true })
      const profile = ProfileFile.open(path)
      const planted = { ...content(), id: '0123456789abcdef', ...change }
      void profile.close()
      writeFileSync(lockPath(), JSON.stringify(planted))
      const then = new Date(Date.now() - silentMs)
      utimesSync(lockPath(), then, then)
    }

    it('refuses a second holder and names the first', () => {
      open()
      assert.throws(
        () => open(),
        (error: ProfileError) => {
          assert.equal(error.code, 'locked')
          assert.equal(error.holder?.pid, process.pid)
          assert.match(error.message, /this process/)
          return true
        },
      )
      assert.deepEqual(
        readdirSync(dir).filter((name) => name.endsWith('.new')),
        [],
      )
    })

    it('is free again after close', async () => {
      await open().close()
      assert.deepEqual(readdirSync(dir), [])
      open()
    })

    it('names a living holder by its process id', () => {
      plant({ pid: 1, started: '' })
      assert.throws(() => open(), /in use by process 1 on /)
    })

    it('is taken over from the dead: gone, number reused, torn', async () => {
      for (const change of [{ pid: 2 ** 22 + 5 }, { started: '1' }, { host: 'renamed since', pid: 2 ** 22 + 5 }]) {
        plant(change)
        await open().close()
      }
      writeFileSync(lockPath(), '{"id":"01')
      assert.equal(
        codeOf(() => open()),
        'locked',
        'a young torn lock may be one that is being written',
      )
      const then = new Date(Date.now() - 60_000)
      utimesSync(lockPath(), then, then)
      await open().close()
      assert.deepEqual(readdirSync(dir), [])
    })

    it('of another machine, container or boot holds while it shows life, and is taken over after its silence', async () => {
      for (const change of [{ host: 'elsewhere', world: 'other-boot pid:[1]' }, { world: 'other-boot pid:[1]' }]) {
        plant(change, 20_000)
        assert.throws(() => open(), /in use by process \d+ on .* 35 s after its end/)
        plant(change, 40_000)
        await open().close()
      }
    })
    it('goes to one of two that take over at once, whoever comes late', () => {
      plant({ pid: 2 ** 22 + 5 })
      const { linkSync } = fs
      let isFirst = true
      // Between the moment in which the late one finds the dead lock and its claim on it, another one takes over entirely.
      fs.linkSync = (from, to) => {
        if (isFirst && String(to).endsWith('.0123456789abcdef')) {
          isFirst = false
          open()
        }
        linkSync(from, to)
      }
      syncBuiltinESMExports()
      try {
        assert.equal(
          codeOf(() => open()),
          'locked',
        )
      } finally {
        fs.linkSync = linkSync
        syncBuiltinESMExports()
      }
      assert.equal(isFirst, false)
      assert.equal(opened.length, 1)
      assert.deepEqual(readdirSync(dir), ['me.tox.lock'])
    })

    it('never turns a hostile file into a path', () => {
      plant({ id: '../../../../tmp/evil', pid: 2 ** 22 + 5 }, 60_000)
      open()
      assert.equal(content()['pid'], process.pid)
    })

    it('is noticed when lost, and nothing is written then', async () => {
      const profile = open()
      await profile.save(stateOf(1))
      writeFileSync(lockPath(), JSON.stringify({ ...content(), id: 'ffffffffffffffff' }))
      await assert.rejects(profile.save(stateOf(2)), { code: 'lock-lost' })
      assert.equal(onDisk(), 1)
      await profile.close()
      assert.ok(existsSync(lockPath()), 'the lock of the other one stays')
    })
  })
})
