// Files between commands as users run them, over loopback: send and receive, interrupted and run again, and in chat.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BootstrapNodeServer, type Friend, Tox } from '../../src/index.js'
import { sqliteMissing } from '../store/support.js'
import { DEADLINE_MS, Processes, type Running, run } from './process.js'

const TOX_ID = /^[0-9A-F]{76}$/
const loopback = { bindAddress: '127.0.0.1', ipv6: false } as const

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

/** What an earlier run began is in the database. */
function skipWithoutSqlite(context: Mocha.Context): void {
  const missing = sqliteMissing()
  if (missing === undefined) return
  context.test!.title += ` [${missing}]`
  context.skip()
}

describe('toxcore-ts and files', function () {
  this.timeout(4 * DEADLINE_MS)
  let dir: string
  let server: BootstrapNodeServer
  let node: string
  const processes = new Processes()

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
    server = await BootstrapNodeServer.create({ bindAddress: '127.0.0.1', port: 0 })
    node = server.asBootstrapNode()
    mkdirSync(join(dir, 'in'))
  })
  afterEach(async () => {
    await processes.killAll()
    await server.close()
    rmSync(dir, { recursive: true, force: true })
  })

  const start = (command: string, who: string, ...args: string[]): Running =>
    processes.start(command, '--data', join(dir, who), '--name', who, '--bootstrap', node, ...args)
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(dir, name)
    writeFileSync(path, content)
    return path
  }
  const downloads = (): string[] => ['--downloads', join(dir, 'in')]
  const received = (name: string): string => join(dir, 'in', name)

  it('send and receive: files arrive whole, under names of their own, and both end with 0', async () => {
    const big = file('big file.bin', randomBytes(3_000_000))
    const empty = file('empty', '')
    const taken = file('notes.txt', 'new notes')
    writeFileSync(received('notes.txt'), 'old notes')
    const receiver = start('receive', 'Rita', ...downloads(), '--from', 'anyone', '--count', '3')
    const id = await receiver.firstLine()
    assert.match(id, TOX_ID)
    const sender = start('send', 'Sven', id, big, empty, taken)
    assert.equal(await sender.end(), 0)
    assert.equal(await receiver.end(), 0)

    assert.equal(hashOf(received('big file.bin')), hashOf(big))
    assert.deepEqual(readFileSync(received('empty')), Buffer.alloc(0))
    assert.equal(readFileSync(received('notes.txt'), 'utf8'), 'old notes', 'nothing is replaced')
    assert.equal(readFileSync(received('notes (1).txt'), 'utf8'), 'new notes')
    assert.equal(readdirSync(join(dir, 'in')).length, 4, 'nothing else is left there')

    assert.match(sender.stdout, /^> big file\.bin {2}done: 3\.0 MB in \d+ s, [\d.]+ [kMG]?B\/s$/m)
    assert.match(receiver.stdout, /^Sven sends notes\.txt, into .*\/in\/notes \(1\)\.txt$/m)
    assert.match(receiver.stdout, /^< big file\.bin {2}done: 3\.0 MB in /m)
    for (const { stdout, stderr } of [sender, receiver]) {
      assert.equal(stdout.includes('\u001b'), false, 'nothing is painted in a pipe')
      assert.equal(stderr, '')
    }
  })

  it('receive takes files only of those who are named, and shows who else asks', async () => {
    await using friend = await Tox.create({ ...loopback, bootstrap: [node], name: 'Fr\u001bieda' })
    await using stranger = await Tox.create({ ...loopback, bootstrap: [node], name: 'Stranger' })
    const receiver = start('receive', 'Rita', ...downloads(), '--from', friend.address)
    const id = await receiver.firstLine()
    stranger.addFriend(id, 'let me\u0007 in\n< all  done')
    const shown = `Friend request from ${stranger.publicKey}: let me\ufffd in\n {4}< all {2}done\n--from ${stranger.publicKey}`
    await receiver.until(new RegExp(`^${shown}`, 'm'))
    const receiverOfFriend = friend.addFriend(id, 'hello')
    await receiverOfFriend.whenOnline({ signal: AbortSignal.timeout(DEADLINE_MS) })
    const transfer = receiverOfFriend.sendFile(new Uint8Array([1, 2, 3]), { name: '../../e\u001b[2Jvil/..' })
    await transfer.finished
    await receiver.until(/^< \.\.\/\.\.\/e\ufffd\[2Jvil\/\.\. {2}done: 3 B/m)
    const [name, ...more] = readdirSync(join(dir, 'in'))
    assert.deepEqual(more, [])
    assert.equal(name!.includes('\u001b'), false)
    assert.deepEqual([...readFileSync(received(name!))], [1, 2, 3])
    receiver.signal('SIGINT')
    assert.equal(await receiver.end(), 130)
    assert.doesNotMatch(receiver.stdout.replaceAll('\u001b', 'Paused'), /Paused/)
  })

  it('send: Ctrl-C pauses and says how to go on; the same command goes on', async function () {
    skipWithoutSqlite(this)
    const path = file('long.bin', randomBytes(4_000_000))
    await using receiver = await Tox.create({ ...loopback, bootstrap: [node], name: 'Rita' })
    receiver.on('friendRequest', (request) => request.accept())
    const offers = receiver.incomingFiles({ signal: AbortSignal.timeout(2 * DEADLINE_MS) })

    const first = start('send', 'Sven', receiver.address, path)
    const { transfer } = (await offers.next()).value!
    // A file that is taken so slowly that it is never over before we say so.
    const chunks: Uint8Array[] = []
    let isHurried = false
    let hurry: () => void = () => {}
    const hurried = new Promise<void>((resolve) => {
      hurry = () => {
        isHurried = true
        resolve()
      }
    })
    let bytes = 0
    let begin: () => void = () => {}
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    const target = new WritableStream<Uint8Array>({
      async write(chunk) {
        chunks.push(Uint8Array.from(chunk))
        bytes += chunk.length
        begin()
        if (!isHurried && bytes > 500_000) await hurried
      },
    })
    await transfer.accept(target)
    await begun
    first.signal('SIGINT')
    assert.equal(await first.end(), 130)
    assert.match(first.stdout, /^Paused\. The same command goes on where it stopped, when Rita is online\.$/m)
    assert.equal(first.stderr, '')

    hurry()
    const second = start('send', 'Sven', receiver.address, path)
    await transfer.finished
    assert.equal(await second.end(), 0)
    assert.match(second.stdout, /^Going on with long\.bin\.$/m)
    assert.equal(createHash('sha256').update(Buffer.concat(chunks)).digest('hex'), hashOf(path))
  })

  it('receive: interrupted, it goes on when it is run again', async function () {
    skipWithoutSqlite(this)
    const content = randomBytes(30_000_000)
    await using sender = await Tox.create({ ...loopback, bootstrap: [node], name: 'Sven' })
    const args = [...downloads(), '--from', sender.address]
    const first = start('receive', 'Rita', ...args)
    const friend: Friend = sender.addFriend(await first.firstLine(), 'files')
    await friend.whenOnline({ signal: AbortSignal.timeout(DEADLINE_MS) })
    const transfer = friend.sendFile(file('long.bin', content))
    await first.until(/^Sven sends long\.bin, into /m)
    await once(transfer, 'progress')
    transfer.pause()
    assert.ok(transfer.position < transfer.size!, 'it is under way')
    first.signal('SIGTERM')
    assert.equal(await first.end(), 130)
    assert.match(first.stdout, /^Paused\. The same command goes on where it stopped\.$/m)
    assert.equal(existsSync(received('long.bin')), false, 'nothing partial under the final name')

    const second = start('receive', 'Rita', ...args, '--count', '1')
    await second.until(/^Sven is online\.$/m)
    transfer.resume()
    await transfer.finished
    assert.equal(await second.end(), 0)
    assert.deepEqual(readFileSync(received('long.bin')), content)
    assert.deepEqual(readdirSync(join(dir, 'in')), ['long.bin'])
  })

  it('chat: files are offered, accepted, refused, sent, paused and given up', async () => {
    await using peer = await Tox.create({ ...loopback, bootstrap: [node], name: 'Petra' })
    peer.on('friendRequest', (request) => request.accept())
    const offers = peer.incomingFiles({ signal: AbortSignal.timeout(2 * DEADLINE_MS) })
    const carl = start('chat', 'Carl', ...downloads(), '--add', peer.address)
    await carl.until(/ is now Petra\.$/m)
    const [friend] = peer.friends

    const photo = friend!.sendFile(randomBytes(50_000), { name: 'photo.jpg' })
    await carl.until(/^File 1 from Petra: photo\.jpg, 50 kB\n\/accept 1 or \/reject 1$/m)
    const letter = friend!.sendFile(Buffer.from('dear Carl'), { name: 'letter' })
    await carl.until(/^File 2 from Petra: letter, 9 B$/m)
    const junk = friend!.sendFile(Buffer.from('junk'), { name: 'junk' })
    await carl.until(/^File 3 from Petra: junk, 4 B$/m)
    carl.type('/accept')
    await carl.until(/^which one\? 1, 2, 3$/m)
    carl.type('/accept 1')
    await photo.finished
    await carl.until(/^File 1 < photo\.jpg: done, 50 kB$/m)
    assert.equal(readFileSync(received('photo.jpg')).length, 50_000)
    carl.type('/accept 2 mail.txt')
    await letter.finished
    await carl.until(/^File 2 < letter: done, 9 B$/m)
    assert.equal(readFileSync(received('mail.txt'), 'utf8'), 'dear Carl')
    carl.type('/reject')
    await assert.rejects(junk.finished)
    carl.type('/accept')
    await carl.until(/^nothing waits for an answer$/m)

    const path = file('to petra.txt', randomBytes(20_000))
    carl.type(`/send ${path}`)
    await carl.until(/^File 4 to Petra: to petra\.txt, 20 kB: /m)
    const { transfer } = (await offers.next()).value!
    assert.equal(transfer.safeName, 'to petra.txt')
    carl.type('/files')
    await carl.until(/^ {2}4 {2}> to petra\.txt {2}\[-{20}\] 0 % of 20 kB, not accepted yet {2}Petra$/m)
    carl.type('/pause 4')
    await carl.until(/^File 4: not accepted yet, paused$/m)
    carl.type('/resume 4')
    const chunks: Uint8Array[] = []
    for await (const chunk of transfer) chunks.push(chunk)
    assert.deepEqual(Buffer.concat(chunks), readFileSync(path))
    await carl.until(/^File 4 > to petra\.txt: done, 20 kB$/m)

    carl.type(`/send ${file('unwanted', 'x')}`)
    const unwanted = (await offers.next()).value!.transfer
    carl.type('/cancel 5')
    await assert.rejects(unwanted.finished)
    carl.type('/send /nonexistent')
    await carl.until(/nonexistent/)
    carl.type('/pause 9')
    await carl.until(/^there is no file 9; \/files lists them$/m)
    carl.type('/files')
    await carl.until(/^No files: \/send FILE$/m)
    carl.type('/quit')
    assert.equal(await carl.end(), 0)
    assert.equal(carl.stderr, '')
  })

  it('typed wrong: one line, and an exit code', async () => {
    const path = file('f', 'x')
    const says = async (code: number, pattern: RegExp, ...args: string[]): Promise<void> => {
      const result = await run(...args)
      assert.match(result.stderr, pattern)
      assert.deepEqual([result.code, result.stdout], [code, ''])
    }
    const data = ['--data', join(dir, 'me')]
    await says(2, /too few arguments: toxcore-ts send TO FILE/, 'send', 'Bob')
    await says(1, /cannot read \/nonexistent: no such file/, 'send', ...data, 'Bob', '/nonexistent')
    await says(1, /is not a regular file/, 'send', ...data, 'Bob', dir)
    await says(1, /there is no friend 'Bob'/, 'send', ...data, 'Bob', path)
    await says(1, /the checksum is wrong/, 'send', ...data, 'AB'.repeat(38).replace('A', 'B'), path)
    await says(1, /is not a folder/, 'receive', ...data, '--downloads', path)
    await says(1, /option --from: there is no friend 'Bob'/, 'receive', ...data, '--from', 'Bob')
    await says(2, /--data and --temporary exclude each other/, 'send', ...data, '--temporary', 'Bob', path)
  })
})
