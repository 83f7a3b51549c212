// kill -9 on either side, with c-toxcore 0.2.18 as the sender. It has no outbox, so what is on its way is lost with the session;
// but what it was given a receipt for is in our store, for a receipt leaves after the commit.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromHex, toHex } from '../../src/base/index.js'
import { needSqlite } from '../store/support.js'
import { Bootstrapd } from './bootstrapd.js'
import { bundle } from './bundle.js'
import { CPeer } from './c-peer.js'
import { befriend, identity, KillPeer, numbers } from './kill-peer.js'
import { onlyLoopback } from './lane.js'
import { bootstrapText, DEADLINE_MS } from './pair.js'
import { until } from './stopwatch.js'

const KILLS = 6

describe('interop: kills under messages of c-toxcore', function () {
  this.timeout(2 * KILLS * DEADLINE_MS)
  onlyLoopback(this)

  let folder: string | undefined
  let script: string | undefined
  let nodes: Bootstrapd[]
  let theirs: CPeer
  let ours: KillPeer

  before(async function () {
    needSqlite(this)
    const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'toxcore-ts-kills-c-'))
    folder = root
    const program = await bundle('kill-child.ts')
    script = program
    nodes = await Bootstrapd.network(33_790, 4)
    theirs = await CPeer.start({ ipv6: false })
    const key = await identity(join(root, 'ours'))
    const theirKey = toHex((await theirs.self()).key)
    await befriend(join(root, 'ours'), theirKey)
    await theirs.friendAddNorequest(fromHex(key)!)
    const addresses = nodes.map(({ address }) => bootstrapText(address)).join()
    ours = new KillPeer('receiver', program, join(root, 'ours'), theirKey, addresses, 5)
  })

  after(async () => {
    await Promise.all([ours?.kill(), theirs?.killHard(), ...(nodes ?? []).map((node) => node.stop())])
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    if (script !== undefined) rmSync(script, { force: true })
  })

  it('every receipt is a stored message, and their order holds', async () => {
    const receipted: number[] = []
    let number = 0
    let isSending = true
    /** Sends as long as the friend is there, and notes which messages have their receipts. */
    const send = async (peer: CPeer): Promise<void> => {
      const sent = new Map<number, number>()
      let seen = 0
      while (isSending && peer === theirs) {
        try {
          const id = await peer.sendMessage(0, String(number + 1))
          sent.set(id, ++number)
        } catch {
          // Offline, or killed.
        }
        const receipts = peer.all('friend_read_receipt')
        for (const { message } of receipts.slice(seen)) receipted.push(sent.get(message)!)
        seen = receipts.length
        await sleep(3)
      }
    }
    const enter = async (): Promise<void> => {
      for (const { port, key } of nodes) await theirs.bootstrap('127.0.0.1', port, key)
      sending = send(theirs)
    }
    let sending: Promise<void> = Promise.resolve()
    ours.start()
    await enter()
    for (let kill = 0; kill < KILLS; kill++) {
      const before = receipted.length
      await until(() => receipted.length >= before + 20, DEADLINE_MS, `receipts after kill ${kill}`)
      await sleep(Math.random() * 300)
      if (kill === 2) {
        const savedata = await theirs.savedata()
        const old = theirs
        theirs = await CPeer.start({ ipv6: false, savedata })
        await old.killHard()
        await sending
        await enter()
      } else {
        await ours.kill()
        ours.start()
      }
      ours.told = 0
    }
    const before = receipted.length
    await until(() => receipted.length >= before + 20, DEADLINE_MS, 'receipts after the last kill')
    isSending = false
    await sending
    await ours.kill()
    assert.deepEqual(ours.errors, [])
    const stored = numbers(ours.folder)
    const missing = receipted.filter((one) => !stored.includes(one))
    assert.deepEqual(missing, [], 'receipted, but not stored')
    for (let i = 1; i < stored.length; i++)
      assert.ok(stored[i]! > stored[i - 1]!, `${stored[i]} after ${stored[i - 1]}`)
  })
})
