// Two friends with the Node API on a simulated network, and a folder of real files: what they wait for on the disk goes on in
// real time while virtual time passes.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import { type Friend, MemoryTransferStore, type Tox } from '../../src/index.js'
import {
  addNodes,
  type SimHost,
  type SimNode,
  type SimulatedToxOptions,
  simulatedTox,
  World,
} from '../../src/simulator.js'

/** Virtual time that passes before the disk has a turn. */
const STEP_MS = 20
/** No story needs more of it. */
const LIMIT_MS = 1_200_000

export interface Person {
  readonly host: SimHost
  readonly store: MemoryTransferStore
  tox: Tox
  friend: Friend
}

export class FilesTown {
  readonly dir = mkdtempSync(join(tmpdir(), 'files-town-'))
  readonly world: World
  readonly #bootstrap: SimHost<SimNode>[]
  alice!: Person
  bob!: Person

  private constructor(crypto: Crypto, seed: string) {
    this.world = new World({ seed, crypto })
    this.#bootstrap = addNodes(this.world, 4)
  }

  static async build(seed: string): Promise<FilesTown> {
    const town = new FilesTown(await loadCrypto(), seed)
    const [alice, bob] = [await town.#person('alice'), await town.#person('bob')]
    town.alice = { ...alice, friend: alice.tox.addFriendWithoutRequest(bob.tox.publicKey) }
    town.bob = { ...bob, friend: bob.tox.addFriendWithoutRequest(alice.tox.publicKey) }
    await town.online()
    return town
  }

  /** Both see each other. */
  async online(): Promise<void> {
    await this.until(() => this.alice.friend.isOnline && this.bob.friend.isOnline)
  }

  /** Nobody hears the other until both have noticed; then they meet again. */
  async loseConnection(): Promise<void> {
    this.world.partition([this.alice.host], [this.bob.host])
    await this.until(() => !this.alice.friend.isOnline && !this.bob.friend.isOnline)
    this.world.heal()
  }

  /** Closes one of them and starts again, with the same profile and the same store. */
  async restart(person: Person, whileAway: () => void = () => {}): Promise<void> {
    const savedata = person.tox.savedata()
    await person.tox.close()
    whileAway()
    person.tox = await this.#start(person.host, { savedata, transfers: person.store })
    person.friend = person.tox.friends[0]!
  }

  /** Lets virtual and real time pass until `isSo`. */
  async until(isSo: () => boolean): Promise<void> {
    const endMs = this.world.nowMs + LIMIT_MS
    while (!isSo()) {
      if (this.world.nowMs > endMs) throw new Error(`not within ${LIMIT_MS} ms: ${isSo}`)
      await this.world.runAsync(STEP_MS)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  /** Lets time pass until `promise` settles, and settles as it does. */
  async settled<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false
    const note = (): void => {
      isSettled = true
    }
    promise.then(note, note)
    await this.until(() => isSettled)
    return promise
  }

  path(name: string): string {
    return join(this.dir, name)
  }

  get parts(): string[] {
    return readdirSync(this.dir).filter((name) => name.endsWith('.part'))
  }

  async end(): Promise<void> {
    await this.alice?.tox.close()
    await this.bob?.tox.close()
    rmSync(this.dir, { recursive: true })
  }

  async #person(name: string): Promise<Omit<Person, 'friend'>> {
    const [host, store] = [this.world.addHost(name), new MemoryTransferStore()]
    return { host, store, tox: await this.#start(host, { transfers: store }) }
  }

  #start(host: SimHost, options: SimulatedToxOptions): Promise<Tox> {
    return simulatedTox(host, { bootstrap: this.#bootstrap, ...options })
  }
}
