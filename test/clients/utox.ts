// uTox as Debian ships it, on a display of its own, with its data in a folder of its own. Its window stands where it
// always stands, so what its user clicks on has fixed places.

import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Child, startChild } from '../interop/child.js'
import { type Area, Display, type Picture } from './display.js'
import { DEADLINE_MS } from './lane.js'
import { environment, type Library, loadedLibrary } from './libraries.js'

/** Places in its window of 750 × 500. */
const OWN_NAME = [100, 20] as const
const COPY_ID = [350, 189] as const
const SEARCH = [100, 485] as const
const FIRST_FRIEND = [100, 95] as const
const MESSAGE = [480, 475] as const
/** The signs of its own status and of its first friend's. */
const OWN_SIGN = { x: 200, y: 10, width: 30, height: 45 }
const FRIEND_SIGN = { x: 200, y: 72, width: 30, height: 46 }
/** Where the messages of the open chat stand. */
const MESSAGES = { x: 240, y: 65, width: 440, height: 375 }
/** The column of the open chat in which offered files have their button to accept them, 28 pixels high. */
const ACCEPT = { x: 657, y: 65, width: 24, height: 375 }
const ACCEPT_HALF = 14
/** The colour of those who are online and available, in the default theme, and of buttons. */
const ONLINE = 0x6bc260
/** The sign is a disc 8 pixels wide with soft edges; a ring for those who are not online. */
const SIGN_PIXELS = 16

/** IPv4, as the nodes of these tests; no message of the kind "is typing". */
const SETTINGS = `[advanced]
enableipv6=false
[notifications]
audible_notifications_enabled=false
`

export class Utox {
  #child: Child | undefined

  private constructor(
    readonly library: Library,
    readonly folder: string,
    readonly display: Display,
  ) {}

  /** A user without a profile, on a display of their own. */
  static async user(library: Library): Promise<Utox> {
    const folder = await mkdtemp(join(tmpdir(), 'utox-'))
    await mkdir(join(folder, 'tox'))
    await writeFile(join(folder, 'tox/utox_save.ini'), SETTINGS)
    return new Utox(library, folder, await Display.start())
  }

  /** Where it keeps its profile. */
  get profile(): string {
    return join(this.folder, 'tox/tox_save.tox')
  }

  get pid(): number {
    return this.#child!.process.pid!
  }

  /** The library that the running program has loaded. */
  get loaded(): Library | undefined {
    return loadedLibrary(this.pid)
  }

  /** Starts the program and waits for its window. */
  async start(): Promise<void> {
    const variables = {
      DISPLAY: this.display.name,
      HOME: this.folder,
      LANG: 'C.UTF-8',
      // No desktop to notify.
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      ...environment(this.library),
    }
    const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
    const program = ['utox', '--portable', '--allow-root', '--set=show-window']
    this.#child = startChild('env', ['-C', this.folder, ...assignments, ...program], () => {})
    const end = performance.now() + DEADLINE_MS
    while ((await this.display.windows('uTox')).length === 0) {
      if (!this.#child.running || performance.now() >= end) {
        throw new Error(`no window; exit code ${this.#child.process.exitCode}: ${this.#child.stderr}`)
      }
      await delay(100)
    }
  }

  /** Waits until the profile is as wanted: it saves what has changed every 10 s. Returns what `read` makes of the file. */
  async saved<T>(read: (file: Uint8Array) => T | undefined): Promise<T> {
    const end = performance.now() + DEADLINE_MS
    for (;;) {
      const file = existsSync(this.profile) ? new Uint8Array(await readFile(this.profile)) : undefined
      const found = file && read(file)
      if (found !== undefined) return found
      if (performance.now() >= end) throw new Error(`no such profile within ${DEADLINE_MS} ms`)
      await delay(100)
    }
  }

  async untilConnected(): Promise<void> {
    await this.#untilGreen('itself online', OWN_SIGN)
  }

  /** Waits until its first friend is shown online. */
  async untilFriendOnline(): Promise<void> {
    await this.#untilGreen('its friend online', FRIEND_SIGN)
  }

  /** Sends a friend request: pastes a Tox ID into the field below the friends. */
  async addFriend(id: string): Promise<void> {
    await this.#typeInto(SEARCH, id)
  }

  /** Types a message to its first friend. */
  async say(message: string): Promise<void> {
    await this.openChat()
    await this.#typeInto(MESSAGE, message)
  }

  /** Does something after which the open chat must show another line. */
  async showsMessageOf(act: () => Promise<unknown>): Promise<void> {
    await this.display.untilStill(DEADLINE_MS)
    const before = await this.display.look()
    await act()
    await this.display.until('a message', (picture) => !picture.isSame(before, MESSAGES), DEADLINE_MS)
    await this.display.untilStill(DEADLINE_MS)
  }

  /** Accepts the file that was offered last in the open chat; it is saved in the folder of its data. */
  async acceptFile(name: string): Promise<string> {
    let bottom: number | undefined
    const sees = (picture: Picture): boolean => (bottom = picture.lowest(ONLINE, ACCEPT)) !== undefined
    await this.display.until('an offered file', sees, DEADLINE_MS)
    await this.display.click(ACCEPT.x + ACCEPT_HALF, bottom! - ACCEPT_HALF)
    return join(this.folder, name)
  }

  /** Shows the chat with its first friend. */
  async openChat(): Promise<void> {
    await this.display.click(...FIRST_FRIEND)
    await this.display.untilStill(DEADLINE_MS)
  }

  /** Shows its own profile with the Tox ID. */
  async openProfile(): Promise<void> {
    await this.display.click(...OWN_NAME)
    await this.display.untilStill(DEADLINE_MS)
  }

  /** Copies its Tox ID with the button on its profile, and pastes it as a message to its first friend. */
  async sendOwnId(): Promise<void> {
    await this.openProfile()
    await this.display.click(...COPY_ID)
    await this.openChat()
    await this.display.click(...MESSAGE)
    await this.display.press('ctrl+v')
    await this.display.press('Return')
  }

  /**
   * Ends the program as a session manager does. uTox 0.18 closes its window and exits without waiting for its Tox thread:
   * the last save may be cut off with nothing written, and now and then the thread falls over what is gone, on either
   * library. So a test that needs the profile takes it before, and the exit code says nothing.
   */
  async stop(): Promise<void> {
    const child = this.#child!
    child.process.kill('SIGTERM')
    // It looks at its flag when its window hears of something.
    await this.display.click(...OWN_NAME)
    await Promise.race([child.exited, delay(DEADLINE_MS, undefined, { ref: false })])
    if (child.running) throw new Error('uTox did not end when it was told to')
  }

  /** Ends the program, whatever it does, and forgets the user. */
  async remove(): Promise<void> {
    await this.#child?.killHard()
    await this.display.close()
    await rm(this.folder, { recursive: true, force: true })
  }

  async #typeInto(place: readonly [number, number], text: string): Promise<void> {
    await this.display.click(...place)
    await this.display.type(text)
    await this.display.press('Return')
  }

  async #untilGreen(what: string, area: Area): Promise<void> {
    await this.display.until(what, (picture) => picture.count(ONLINE, area) >= SIGN_PIXELS, DEADLINE_MS)
  }
}
