// Files that are received and sent, on real disks: names are given in one step, nothing is replaced unasked, and the last
// steps can be done again after a kill between any two of them.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FileSource, READ_BYTES, stampOf } from '../../src/host/file-source.js'
import { chooseTarget, giveFinalName, isStill, ReceivedFile, type Target } from '../../src/host/received-file.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const HOST = fileURLToPath(new URL('../../src/host/received-file.ts', import.meta.url))

describe('received files', () => {
  let folder: string
  let path: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'received-file-'))
    path = join(folder, 'target')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  async function written(text: string, overwrite = false): Promise<Target> {
    const target = await chooseTarget(path, overwrite, undefined)
    const file = await ReceivedFile.create(target)
    await file.write(bytes(text))
    assert.equal(await file.sync(), BigInt(text.length))
    await file.close()
    return target
  }

  it('grow beside their target, for their owner alone, and get the rights of a new file with the name', async () => {
    const target = await written('hello')
    assert.match(basename(target.partPath), /^target\.[0-9a-f]{8}\.part$/)
    assert.equal(statSync(target.partPath).mode & 0o777, 0o600)
    assert.equal(existsSync(path), false)
    const mtimeMs = await giveFinalName(target)
    assert.deepEqual(readdirSync(folder), ['target'])
    assert.equal(readFileSync(path, 'utf8'), 'hello')
    assert.equal(statSync(path).mode & 0o777, 0o666 & ~process.umask())
    assert.deepEqual([await isStill(path, 5n, mtimeMs), await isStill(path, 6n, mtimeMs)], [true, false])
    utimesSync(path, 1, 1)
    assert.equal(await isStill(path, 5n, mtimeMs), false)
  })

  it('the last steps can be done again, whatever was done', async () => {
    const target = await written('hello')
    linkSync(target.partPath, path) // killed after the new name
    await giveFinalName(target)
    assert.deepEqual(readdirSync(folder), ['target'])
    await giveFinalName(target) // killed after the old name was gone
    assert.equal(readFileSync(path, 'utf8'), 'hello')
    rmSync(path)
    await assert.rejects(giveFinalName(target), { code: 'unwritable', message: /has vanished/ })
  })

  it('go on where they were synced, and lose what was not', async () => {
    const target = await written('hello, wor')
    const file = await ReceivedFile.reopen(target, 5n)
    await file!.write(bytes(' again'))
    await file!.sync()
    await file!.close()
    assert.equal(readFileSync(target.partPath, 'utf8'), 'hello again')
    assert.equal(await ReceivedFile.reopen(target, 12n), undefined, 'so much is not there')
    rmSync(target.partPath)
    assert.equal(await ReceivedFile.reopen(target, 0n), undefined)
    writeFileSync(join(folder, 'secret'), 'secret')
    symlinkSync(join(folder, 'secret'), target.partPath)
    await assert.rejects(ReceivedFile.reopen(target, 0n), { code: 'unwritable' })
    assert.equal(readFileSync(join(folder, 'secret'), 'utf8'), 'secret', 'no link is followed')
  })

  it('replace nothing that came meanwhile, and the data is kept', async () => {
    const target = await written('hello')
    writeFileSync(path, 'precious')
    await assert.rejects(giveFinalName(target), { code: 'exists', message: /complete in .*\.part$/ })
    assert.deepEqual([readFileSync(path, 'utf8'), readFileSync(target.partPath, 'utf8')], ['precious', 'hello'])
  })

  it('replace what is to be replaced, links but not what they lead to, and no folder', async () => {
    writeFileSync(join(folder, 'other'), 'other')
    symlinkSync(join(folder, 'other'), path)
    await giveFinalName(await written('hello', true))
    assert.deepEqual([readFileSync(path, 'utf8'), readFileSync(join(folder, 'other'), 'utf8')], ['hello', 'other'])
    const target = await written('again', true)
    rmSync(path)
    mkdirSync(path)
    await assert.rejects(giveFinalName(target), { code: 'unwritable', message: /it is a folder; what was received/ })
    assert.equal(readFileSync(target.partPath, 'utf8'), 'again')
  })

  it('have part names that fit, also beside names that just do', async () => {
    path = join(folder, '猫'.repeat(85))
    const target = await written('x')
    assert.ok(Buffer.byteLength(basename(target.partPath)) <= 255)
    await giveFinalName(target)
    assert.deepEqual(readdirSync(folder), ['猫'.repeat(85)])
    path = join(folder, 'x'.repeat(256))
    await assert.rejects(chooseTarget(path, false, undefined), { message: /the name is too long/ })
  })

  it('a disk that is full is told, and the part can be discarded', function () {
    const small = join(folder, 'small')
    mkdirSync(small)
    const script = `
      const folder = ${JSON.stringify(small)}
      const { chooseTarget, ReceivedFile } = await import(${JSON.stringify(HOST)})
      const { readdirSync } = await import('node:fs')
      await chooseTarget(folder + '/a', false, 2n ** 24n).catch((error) => console.log(error.message))
      const file = await ReceivedFile.create(await chooseTarget(folder + '/b', false, undefined))
      const piece = new Uint8Array(1 << 19)
      try { for (;;) await file.write(piece) } catch (error) { console.log(error.message) }
      await file.discard()
      console.log(readdirSync(folder).length)`
    const mount = 'mount -t tmpfs -o size=1m none "$1" 2>/dev/null || exit 125; shift; exec "$@"'
    const node = [process.execPath, ...process.execArgv, '--input-type=module', '-e', script]
    const loader = process.execArgv.some((arg) => arg.includes('import')) ? [] : ['--import', 'tsx']
    node.splice(1, 0, ...loader)
    for (const flags of ['-m', '-rm']) {
      const run = spawnSync('unshare', [flags, 'sh', '-c', mount, 'sh', small, ...node], { encoding: 'utf8' })
      if (run.status === 125 || run.error !== undefined || run.stderr.startsWith('unshare')) continue
      assert.equal(run.status, 0, run.stderr)
      const [early, late, left] = run.stdout.split('\n')
      assert.match(early!, /16777216 bytes do not fit on the disk/)
      assert.match(late!, /small\/b: the disk is full$/)
      assert.equal(left, '0')
      return
    }
    this.skip()
  })
})

describe('files that are sent', () => {
  let folder: string
  let path: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'file-source-'))
    path = join(folder, 'source')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('are read in large pieces, from anywhere, into memory that comes back', async () => {
    const content = Uint8Array.from({ length: READ_BYTES + 1000 }, (_, i) => (i * 31) & 255)
    writeFileSync(path, content)
    const source = new FileSource(stampOf(path))
    const first = await source.read(0n)
    assert.deepEqual(Buffer.from(first).equals(content.subarray(0, READ_BYTES)), true)
    source.recycle(first)
    const second = await source.read(BigInt(READ_BYTES))
    assert.equal(second.buffer, first.buffer)
    assert.deepEqual([...second], [...content.subarray(READ_BYTES)])
    assert.equal((await source.read(BigInt(content.length))).length, 0)
    await source.close()
  })

  it('must stay what they were when they were offered', async () => {
    for (const change of [
      () => writeFileSync(path, 'longer than it was'),
      () => writeFileSync(path, 'short'),
      () => utimesSync(path, 1, 1),
    ]) {
      writeFileSync(path, 'as offered')
      const source = new FileSource(stampOf(path))
      assert.equal(Buffer.from(await source.read(0n)).toString(), 'as offered')
      change()
      await assert.rejects(source.read(0n), { code: 'changed' })
      await source.close()
    }
  })
})
