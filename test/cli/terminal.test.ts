// toxcore-ts chat as a person sees it: in a real terminal, driven through tmux.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadCrypto } from '../../src/crypto/index.js'
import { isEncrypted } from '../../src/encryptsave/index.js'
import { BootstrapNodeServer, type IncomingTransfer, Tox } from '../../src/index.js'
import { encodeSavedata, freshSavedata } from '../../src/tox/savedata.js'
import { COMMAND, DEADLINE_MS, ROOT } from './process.js'

const loopback = { bindAddress: '127.0.0.1', ipv6: false } as const

/** A tmux server of our own, so that nobody else's sessions are met. */
const tmux = (...args: string[]): string =>
  execFileSync('tmux', ['-L', `toxcore-ts-${process.pid}`, '-f', '/dev/null', ...args], { encoding: 'utf8', cwd: ROOT })

const hasTmux = spawnSync('tmux', ['-V']).status === 0

describe('toxcore-ts chat in a terminal', function () {
  this.timeout(4 * DEADLINE_MS)
  let server: BootstrapNodeServer
  let friend: Tox

  /** What the terminal shows; with `-e` its colours too. */
  const screen = (name: string, ...options: string[]): string => tmux('capture-pane', '-p', '-t', name, ...options)

  /** Waits until the screen matches. A terminal tells nobody when it changes, so it is looked at again and again. */
  async function sees(name: string, pattern: RegExp): Promise<string> {
    const endMs = performance.now() + DEADLINE_MS
    for (;;) {
      const text = screen(name)
      if (pattern.test(text)) return text
      if (performance.now() > endMs) assert.fail(`no ${pattern} on\n${text}`)
      await sleep(50)
    }
  }

  function open(
    name: string,
    env: string[] = [],
    args: readonly string[] = ['chat', '--temporary', '--bootstrap', server.asBootstrapNode(), '--add', friend.address],
  ): void {
    const size = ['-x', '100', '-y', '50']
    // `cat` keeps the pane when the program has ended, with its exit code on the screen; the shell outlives Ctrl-C.
    const script = 'trap : INT; "$@"; echo "code $?"; exec cat'
    tmux(
      'new-session',
      '-d',
      '-s',
      name,
      ...size,
      'env',
      ...env,
      'sh',
      '-c',
      script,
      'sh',
      process.execPath,
      ...COMMAND,
      ...args,
    )
  }

  before(async function () {
    if (!hasTmux) {
      this.test!.parent!.title += ' [no tmux]'
      this.skip()
    }
    server = await BootstrapNodeServer.create({ bindAddress: '127.0.0.1', port: 0 })
    friend = await Tox.create({ ...loopback, bootstrap: [server.asBootstrapNode()], name: 'Rosa' })
    friend.on('friendRequest', (request) => request.accept())
  })
  after(async () => {
    if (hasTmux) spawnSync('tmux', ['-L', `toxcore-ts-${process.pid}`, 'kill-server'])
    await friend?.close()
    await server?.close()
  })

  it('shows a QR code, paints, keeps what is being typed while lines come in, and ends cleanly', async () => {
    open('painted')
    await sees('painted', /^Rosa>\s*$/m)
    assert.match(screen('painted', '-S', '-200'), /[█▀▄]{8}/, 'the QR code')
    assert.ok(screen('painted', '-e', '-S', '-200').includes('\u001b[2m'), 'dim notes')
    const [peer] = friend.friends
    const heard = friend.messages({ signal: AbortSignal.timeout(DEADLINE_MS) })
    const typing = friend.iterate('friendTyping', { signal: AbortSignal.timeout(DEADLINE_MS) })
    /** Passes over what was told before: a new connection begins with "not typing", a long break ends in it. */
    const becomes = async (isTyping: boolean): Promise<void> => {
      for (;;) {
        const { done, value } = await typing.next()
        assert.ok(!done, `never told that typing is ${isTyping}`)
        if (value.isTyping === isTyping) return
      }
    }

    // Longer than the terminal is wide: the prompt takes two rows.
    const begun = `half a line ${'la '.repeat(40)}`
    tmux('send-keys', '-t', 'painted', '-l', begun)
    await becomes(true)
    await sees('painted', /la\s*$/m)
    await peer!.send('are you there?')
    await peer!.send('hello?', { kind: 'action' })
    const text = await sees('painted', /^\* Rosa hello\?$/m)
    const rows = text.trimEnd().split('\n')
    const asked = rows.indexOf('Rosa: are you there?')
    assert.equal(rows[asked + 1], '* Rosa hello?')
    assert.equal(
      rows
        .slice(asked + 2)
        .join('')
        .trimEnd(),
      `Rosa> ${begun}`.trimEnd(),
      'what was being typed stays',
    )
    peer!.setTyping(true)
    await sees('painted', /^Rosa is typing> half a line/m)
    peer!.setTyping(false)
    await sees('painted', /^Rosa> half a line/m)
    tmux('send-keys', '-t', 'painted', '-l', 'end')
    tmux('send-keys', '-t', 'painted', 'Enter')
    assert.equal((await heard.next()).value?.text, `${begun}end`)
    await becomes(false)

    tmux('send-keys', '-t', 'painted', '-l', '/fr')
    tmux('send-keys', '-t', 'painted', 'Tab')
    await sees('painted', /^Rosa> \/friends/m)
    tmux('send-keys', '-t', 'painted', 'Enter')
    await sees('painted', /^\* {2}0 {2}online +Rosa$/m)
    tmux('send-keys', '-t', 'painted', 'C-c')
    await sees('painted', /^code 0$/m)
  })

  it('asks for a passphrase without showing it, and again when it is wrong', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
    const path = join(dir, 'profile.tox')
    const type = (...keys: string[]): string => tmux('send-keys', '-t', 'asked', ...keys)
    try {
      writeFileSync(path, encodeSavedata(freshSavedata(await loadCrypto())))
      open('sealed', [], ['profile', 'encrypt', path])
      for (const question of [/^New passphrase of .*: *$/m, /^The same again: *$/m]) {
        await sees('sealed', question)
        tmux('send-keys', '-t', 'sealed', '-l', 'pässwort')
        tmux('send-keys', '-t', 'sealed', 'Enter')
      }
      assert.doesNotMatch(await sees('sealed', /^code 0$/m), /wort/)

      open('asked', [], ['chat', '--data', dir])
      await sees('asked', /^Passphrase of .*profile\.tox: *$/m)
      type('-l', 'wrong')
      type('Enter')
      await sees('asked', /^That is not the passphrase\.$/m)
      await sees('asked', /passphrase\.\nPassphrase of .*: *$/m)
      type('-l', 'pässwortx')
      type('BSpace')
      type('Enter')
      await sees('asked', /^> *$/m)
      type('-l', '/name Sealed')
      type('Enter')
      type('-l', '/quit')
      type('Enter')
      assert.doesNotMatch(await sees('asked', /^code 0$/m), /wort/)
      assert.ok(isEncrypted(readFileSync(path)) && isEncrypted(readFileSync(`${path}.bak`)))
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })

  it('shows files as bars: in send until Ctrl-C, in chat above what is being typed', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
    const path = join(dir, 'holiday.jpg')
    // Much more than can be on its way before the one who takes it stops the other.
    const size = 64_000_000
    writeFileSync(path, new Uint8Array(size))
    /** Takes a quarter of the file, and the rest not before `release`. */
    const takeSome = async (transfer: IncomingTransfer): Promise<() => void> => {
      let release: () => void = () => {}
      const released = new Promise<void>((resolve) => {
        release = resolve
      })
      let bytes = 0
      const slow = new WritableStream<Uint8Array>({
        async write(chunk) {
          bytes += chunk.length
          if (bytes > size / 4) await released
        },
      })
      await transfer.accept(slow)
      return release
    }
    const offers = friend.incomingFiles({ signal: AbortSignal.timeout(3 * DEADLINE_MS) })
    const bar = /holiday\.jpg {2}\[#{3,19}-{1,17}\] \d+ % of 64 MB/
    try {
      const args = ['--bootstrap', server.asBootstrapNode()]
      open('bars', [], ['send', '--temporary', ...args, friend.address, path])
      const releaseFirst = await takeSome((await offers.next()).value!.transfer)
      assert.match(await sees('bars', bar), new RegExp(`^> ${bar.source}`, 'm'))
      tmux('send-keys', '-t', 'bars', 'C-c')
      await sees('bars', /^Stopped\.$/m)
      await sees('bars', /^code 130$/m)
      releaseFirst()

      open('moving')
      await sees('moving', /^Rosa> *$/m)
      const begun = `half a line ${'la '.repeat(40)}`
      tmux('send-keys', '-t', 'moving', '-l', `/send ${path.slice(0, -6)}`)
      tmux('send-keys', '-t', 'moving', 'Tab')
      await sees('moving', /holiday\.jpg\s*$/m)
      tmux('send-keys', '-t', 'moving', 'Enter')
      const release = await takeSome((await offers.next()).value!.transfer)
      tmux('send-keys', '-t', 'moving', '-l', begun)
      await sees('moving', new RegExp(`^1 > ${bar.source}.*\\nRosa> half a line`, 'm'))
      release()
      const text = await sees('moving', /^File 1 > holiday\.jpg: done, 64 MB$/m)
      assert.match(text, /Rosa> half a line/)
      const after = await sees('moving', /^Rosa> half a line/m)
      assert.equal(after.match(/half a line/g)?.length, 1, 'painted over, not again')
      tmux('send-keys', '-t', 'moving', 'C-c')
      await sees('moving', /^code 0$/m)
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })

  it('respects NO_COLOR', async () => {
    open('plain', ['NO_COLOR=1'])
    await sees('plain', /^Rosa>\s*$/m)
    assert.equal(screen('plain', '-e', '-S', '-200').includes('\u001b['), false)
    tmux('send-keys', '-t', 'plain', '-l', '/quit')
    tmux('send-keys', '-t', 'plain', 'Enter')
    await sees('plain', /^code 0$/m)
  })
})
