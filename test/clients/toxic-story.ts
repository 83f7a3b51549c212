// Two people with Debian's toxic become friends, talk, leave and come back. Told once, for any pair of libraries.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Bootstrapd } from '../interop/bootstrapd.js'
import { timed } from '../interop/stopwatch.js'
import { DEADLINE_MS, needs } from './lane.js'
import type { Library } from './libraries.js'
import { Toxic } from './toxic.js'

/** The first bytes of an encrypted profile. */
const ENCRYPTED = 'toxEsave'
const PASSWORD = 'open sesame'

/** Two seconds for c-toxcore, and no multiple of a chunk. */
const FILE_BYTES = 2_000_003

async function sha256Of(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}

/** A file of random bytes in the user's home. */
async function writeFileOf({ home }: Toxic, name: string): Promise<{ path: string; sha256: string }> {
  const path = join(home, name)
  await writeFile(path, randomBytes(FILE_BYTES))
  return { path, sha256: await sha256Of(path) }
}

/** Ada's toxic runs on one library, Bob's on another or the same. */
export function tellToxicStory(adas: Library, bobs: Library): void {
  describe(`clients: toxic on ${adas} and toxic on ${bobs}`, function () {
    this.timeout(4 * DEADLINE_MS)
    // Each chapter stands on the one before.
    this.bail(true)
    needs(this, adas, bobs)

    let nodes: Bootstrapd[]
    let ada: Toxic
    let bob: Toxic
    let bobsId: string
    const both = <T>(act: (toxic: Toxic) => Promise<T>): Promise<[T, T]> => Promise.all([act(ada), act(bob)])

    before(async () => {
      // Several: a friend who leaves was a node too, and among few nodes c-toxcore's paths would mostly lead through it.
      nodes = await Bootstrapd.network(33_700, 4)
      const addresses = nodes.map(({ address }) => address)
      ada = await Toxic.user(adas, addresses)
      bob = await Toxic.user(bobs, addresses)
    })

    after(async () => {
      await ada?.remove()
      await bob?.remove()
      await Promise.all((nodes ?? []).map((node) => node.stop()))
    })

    it('starts with a fresh data folder, on the library it was given, and shows its Tox ID', async () => {
      await both((toxic) => toxic.startFresh())
      assert.deepEqual(await both((toxic) => toxic.loaded()), [adas, bobs])
      const ids = await both((toxic) => toxic.id())
      bobsId = ids[1]
      assert.notEqual(ids[0], ids[1])
      await timed(
        'both connected',
        both((toxic) => toxic.untilConnected()),
      )
    })

    it('sends a friend request to the pasted ID, which arrives with its text and is accepted', async () => {
      await ada.type('/nick Ada')
      await ada.sees(/^ \[Online\] Ada /)
      await ada.type(`/add ${bobsId}`)
      await ada.sees('Friend request sent.')
      await timed('request', bob.sees("Friend request with the message 'Hello, my name is Ada. Care to Tox?'"))
      await bob.type('/accept 0')
      await bob.sees('Friend request accepted.')
      await timed(
        'request accepted, online',
        both((toxic) => toxic.sees('has come online')),
      )
    })

    it('talks both ways', async () => {
      await both((toxic) => toxic.openChat())
      await ada.type('hello Bob, çedilla and 漢字')
      await bob.sees(/- Ada: hello Bob, çedilla and 漢字$/m)
      await bob.type('hello Ada')
      await ada.sees(/: hello Ada$/m)
      await ada.type('/me waves')
      await bob.sees('Ada waves')
    })

    it('sends files both ways at once, which arrive whole', async () => {
      const files = await Promise.all([writeFileOf(ada, 'from-ada.bin'), writeFileOf(bob, 'from-bob.bin')])
      await ada.sendFile(files[0].path)
      await bob.sendFile(files[1].path)
      const received = await timed(
        'files',
        Promise.all([bob.receiveFile('from-ada.bin'), ada.receiveFile('from-bob.bin')]),
      )
      await both((toxic) => toxic.sees(/File 'from-\w+\.bin' successfully sent\./))
      assert.deepEqual(
        await Promise.all(received.map(sha256Of)),
        files.map(({ sha256 }) => sha256),
      )
    })

    it('tells name, note and status to the friend', async () => {
      await bob.type('/nick Robert')
      await bob.type('/note on the moon')
      await bob.type('/status busy')
      await ada.seesFriend('busy', 'Robert', 'on the moon')
      await bob.type('/status away')
      await ada.seesFriend('away', 'Robert', 'on the moon')
      await bob.type('/status online')
      await ada.seesFriend('online', 'Robert', 'on the moon')
    })

    it('comes back with its saved profile: the same ID, name and friend, online again', async () => {
      assert.equal(await bob.quit(), 0)
      await ada.sees('Robert has gone offline')
      await bob.start()
      await bob.sees(/^ \[\w+\] Robert \| on the moon/)
      assert.equal(await bob.id(), bobsId)
      await timed('restarted, friend online', bob.sees('Ada has come online'))
      await bob.openChat()
      await bob.type('back again')
      await ada.sees('Robert: back again')
    })

    it('encrypts its profile and opens it again with the password alone', async () => {
      assert.equal(await bob.quit(), 0)
      await bob.start('--encrypt-data')
      await bob.sees('Encrypt existing data file?')
      await bob.type('y')
      await bob.sees('Enter a new password')
      await bob.type(PASSWORD)
      await bob.sees('Enter password again')
      await bob.type(PASSWORD)
      await bob.sees('is encrypted')
      assert.equal(await bob.quit(), 0)
      assert.equal((await readFile(bob.profile)).subarray(0, 8).toString('latin1'), ENCRYPTED)

      await bob.start()
      await bob.sees('Enter password')
      await bob.type('open wheat')
      await bob.sees('Invalid password')
      await bob.type(PASSWORD)
      await bob.sees('Welcome to Toxic')
      assert.equal(await bob.id(), bobsId)
      await timed('opened with its password, friend online', bob.sees('Ada has come online'))
    })

    it('ends at once when its user says so', async () => {
      assert.deepEqual(await both((toxic) => toxic.quit()), [0, 0])
    })
  })
}
