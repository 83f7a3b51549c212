// A node that is not there yet when ours is told to join through it. c-toxcore asks once and then waits for ever.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BootstrapNodeServer } from '../../src/index.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer } from './c-peer.js'
import { onlyLoopback } from './lane.js'
import { befriended, ourPeer } from './pair.js'
import { timed } from './stopwatch.js'

const ABSENT_MS = 5_000

describe('interop: a node that comes late', function () {
  this.timeout(90_000)
  onlyLoopback(this)

  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'late-node-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('tox-bootstrapd: ours asks again until it is there, and makes friends through it', async () => {
    const options = { port: 33_700, keysFile: join(folder, 'theirs') }
    const first = await Bootstrapd.start(options)
    const { address } = first
    await first.stop()
    await using ours = await ourPeer([address])
    await pause(ABSENT_MS)
    assert.equal(ours.connection, 'none')
    await using node = await Bootstrapd.start(options)
    assert.deepEqual(node.key, address.key)
    await timed('connected after the node came', ours.whenConnected({ signal: AbortSignal.timeout(15_000) }))
    await using theirs = await CPeer.start({ ipv6: false })
    await theirs.bootstrap('127.0.0.1', node.port, node.key)
    const { friend } = await timed('friends online', befriended(ours, theirs))
    await friend.send('late, but here')
  })

  it('a node of ours', async () => {
    const options = { port: 33_701, keyFile: join(folder, 'ours') }
    const first = await BootstrapNodeServer.create(options)
    const address = first.asBootstrapNode()
    await first.close()
    await using ours = await ourPeer([], { bootstrap: [address] })
    await pause(ABSENT_MS)
    await using node = await BootstrapNodeServer.create(options)
    assert.equal(node.asBootstrapNode(), address)
    await timed('connected after the node came', ours.whenConnected({ signal: AbortSignal.timeout(15_000) }))
  })
})

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
