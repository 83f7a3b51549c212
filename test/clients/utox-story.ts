// Debian's uTox makes a friend who runs c-toxcore, sees it online, and talks. Told once, for either library under uTox.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Endpoint, sameBytes, toHex } from '../../src/base/index.js'
import { type Crypto, type DhtPublicKey, loadCrypto } from '../../src/crypto/index.js'
import { encodeToxId } from '../../src/packet/messenger/tox-id.js'
import { encodeSavedata, parseSavedata, type Savedata } from '../../src/tox/savedata.js'
import { Bootstrapd } from '../interop/bootstrapd.js'
import { CPeer, text } from '../interop/c-peer.js'
import { fileContent } from '../interop/file-content.mjs'
import { timed } from '../interop/stopwatch.js'
import { DEADLINE_MS, needs } from './lane.js'
import type { Library } from './libraries.js'
import { Utox } from './utox.js'

/** Screenshots stay here. */
const ARTEFACTS = fileURLToPath(new URL('../../build/artefacts/', import.meta.url))

/** A second for c-toxcore, and no multiple of a chunk. */
const FILE_BYTES = 1_000_003n

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Runs uTox on one library; its friend runs on Debian's. */
export function tellUtoxStory(library: Library): void {
  describe(`clients: uTox on ${library}`, function () {
    this.timeout(4 * DEADLINE_MS)
    // Each chapter stands on the one before.
    this.bail(true)
    needs(this, library)

    let nodes: Bootstrapd[]
    let utox: Utox
    let friend: CPeer
    /** uTox's Tox ID and long-term key, and the friend number it has with its friend. */
    let id: Uint8Array
    let key: Uint8Array
    let number: number
    let profile: Savedata
    let crypto: Crypto
    const read = (file: Uint8Array): Savedata | undefined => {
      const parsed = parseSavedata(file, crypto)
      return parsed.ok ? parsed.value : undefined
    }
    const screenshot = (name: string) => utox.display.screenshot(join(ARTEFACTS, `utox-${library}-${name}.png`))

    before(async () => {
      crypto = await loadCrypto()
      nodes = await Bootstrapd.network(33_710, 4)
      friend = await CPeer.start({ ipv6: false })
      for (const { port, key } of nodes) await friend.bootstrap('127.0.0.1', port, key)
      await friend.setName('Ada')
      utox = await Utox.user(library)
    })

    after(async () => {
      await utox?.remove()
      await friend?.killHard()
      await Promise.all((nodes ?? []).map((node) => node.stop()))
    })

    afterEach(async function () {
      if (this.currentTest?.isFailed()) await screenshot('failed')
    })

    it('starts with a fresh data folder, on the library it was given, and saves a profile', async () => {
      await utox.start()
      assert.equal(utox.loaded, library)
      profile = await utox.saved(read)
      key = profile.longTerm.publicKey
      id = encodeToxId(profile.longTerm.publicKey, profile.nospam)
      assert.equal(text(profile.name), 'uTox User')
    })

    it('starts again with this profile and finds the network through the nodes that stand in it', async () => {
      await utox.stop()
      // As after an evening online: the nodes that uTox itself knows are out of reach here.
      const dhtNodes = nodes.map(({ port, key }) => ({
        endpoint: Endpoint.parse('127.0.0.1', port)!,
        publicKey: key as DhtPublicKey,
      }))
      await writeFile(utox.profile, encodeSavedata({ ...profile, dhtNodes }))
      await utox.start()
      await timed('uTox connected', utox.untilConnected())
    })

    it('sends a friend request to a pasted Tox ID, and shows the friend online', async () => {
      await utox.addFriend(toHex((await friend.self()).id).toUpperCase())
      const request = await timed(
        'request',
        friend.until('friend_request', () => true, DEADLINE_MS),
      )
      assert.deepEqual(request.key, key)
      number = await friend.friendAddNorequest(request.key)
      await timed('request accepted, online', friend.untilOnline(number, DEADLINE_MS))
      await friend.until('friend_name', (e) => text(e.data) === 'uTox User', DEADLINE_MS)
      await timed('shown online', utox.untilFriendOnline())
      await screenshot('friend-online')
    })

    it('sends and receives messages', async () => {
      await utox.say('hello from the window')
      await friend.until('friend_message', (e) => text(e.data) === 'hello from the window', DEADLINE_MS)
      await utox.showsMessageOf(async () => {
        const receipt = await friend.sendMessage(number, 'hello to the window')
        await friend.until('friend_read_receipt', (e) => e.message === receipt, DEADLINE_MS)
      })
      await screenshot('messages')
    })

    it('receives a file, whole', async () => {
      const offered = friend.events.length
      const file = await friend.fileSend(number, { size: FILE_BYTES, name: 'from-ada.bin' })
      const path = await utox.acceptFile('from-ada.bin')
      await timed(
        'file',
        friend.until('file_sent', (e) => e.file === file, DEADLINE_MS, offered),
      )
      await utox.display.untilStill(DEADLINE_MS)
      await screenshot('file')
      assert.equal(sha256(await readFile(path)), sha256(fileContent(0n, Number(FILE_BYTES))))
    })

    it('shows its Tox ID, which can be copied', async () => {
      await utox.openProfile()
      await screenshot('id')
      await utox.sendOwnId()
      const shown = await friend.until('friend_message', (e) => e.data.length === 2 * id.length, DEADLINE_MS)
      assert.equal(text(shown.data), toHex(id).toUpperCase())
    })

    it('keeps its friend in its profile, and ends when it is told to', async () => {
      const friendsKey = (await friend.self()).key
      await utox.saved(
        (file) => read(file)?.friends.some(({ publicKey }) => sameBytes(publicKey, friendsKey)) || undefined,
      )
      const offline = friend.untilOffline(number, DEADLINE_MS, friend.events.length)
      await utox.stop()
      await offline
    })
  })
}
