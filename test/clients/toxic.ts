// Toxic as Debian ships it, in a terminal, with a home folder of its own. Everything is typed and read from the screen,
// as its user does.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { toHex } from '../../src/base/index.js'
import type { Address } from '../interop/pair.js'
import { DEADLINE_MS } from './lane.js'
import { environment, type Library, loadedLibrary } from './libraries.js'
import { type Screen, type Sought, Terminal } from './terminal.js'

/**
 * No fetching of nodes lists, no "away" because nobody is attached to tmux, no clock in the lines; plain colours, so that
 * a status can be read from them.
 */
const config = (downloads: string): string => `ui = {
  nodelist_update_freq = 0;
  mplex_away = false;
  timestamps = false;
  alerts = false;
};
tox = {
  download_path = "${downloads}/";
};
`

/** How toxic paints the sign of a friend who is online: the terminal's green, yellow and red. */
const STATUS_COLOURS = { online: 32, away: 33, busy: 31 }
export type Status = keyof typeof STATUS_COLOURS

const TOX_ID = /^[0-9A-F]{76}$/m

export class Toxic {
  #terminal: Terminal | undefined

  private constructor(
    readonly library: Library,
    readonly home: string,
  ) {}

  /** A user without a profile; `nodes` stand in the user's list of bootstrap nodes. */
  static async user(library: Library, nodes: readonly Address[]): Promise<Toxic> {
    const home = await mkdtemp(join(tmpdir(), 'toxic-'))
    const folder = join(home, '.config/tox')
    await mkdir(folder, { recursive: true })
    const toxic = new Toxic(library, home)
    await mkdir(toxic.downloads)
    await writeFile(join(folder, 'toxic.conf'), config(toxic.downloads))
    await writeFile(join(folder, 'DHTnodes.json'), nodesList(nodes))
    return toxic
  }

  get terminal(): Terminal {
    if (this.#terminal === undefined) throw new Error('this toxic is not running')
    return this.#terminal
  }

  /** Where it keeps its profile. */
  get profile(): string {
    return join(this.home, '.config/tox/toxic_profile.tox')
  }

  /** Where it saves the files that it receives. */
  get downloads(): string {
    return join(this.home, 'downloads')
  }

  /** Starts the program; where it asks something first, the caller answers. */
  async start(...args: string[]): Promise<void> {
    const env = { HOME: this.home, XDG_CONFIG_HOME: join(this.home, '.config'), ...environment(this.library) }
    this.#terminal = await Terminal.start({ command: ['toxic', '--ipv4', '--no-lan', ...args], env })
  }

  /** Waits until the screen shows what is looked for. */
  async sees(sought: Sought): Promise<Screen> {
    return await this.terminal.until(sought, DEADLINE_MS)
  }

  /** Types a line and Enter. */
  async type(line: string): Promise<void> {
    await this.terminal.type(`${line}\r`)
  }

  /** The library that the running program has loaded. */
  async loaded(): Promise<Library | undefined> {
    return loadedLibrary(await this.terminal.pid())
  }

  /** Its Tox ID, as `/myid` shows it. */
  async id(): Promise<string> {
    await this.type('/myid')
    return TOX_ID.exec((await this.sees(TOX_ID)).text)![0]
  }

  /** Starts without a profile: it asks whether to encrypt the new one. */
  async startFresh(...args: string[]): Promise<void> {
    await this.start(...args)
    await this.sees('Would you like to encrypt it?')
    await this.type('n')
    await this.sees('Welcome to Toxic')
  }

  async untilConnected(): Promise<void> {
    await this.sees(/^ \[Online\]/)
  }

  /** Opens the chat with its only friend, from the first window. */
  async openChat(): Promise<void> {
    await this.terminal.press('C-p')
    await this.sees('Press the h key for help')
    await this.terminal.press('Enter')
    await this.sees(/\{[0-9A-F]{6}\}/)
  }

  /** Sends the file to the friend of the open chat. */
  async sendFile(path: string): Promise<void> {
    await this.type(`/sendfile ${path}`)
    await this.sees(`Sending file [0]: '${basename(path)}'`)
  }

  /** Accepts the file that the friend of the open chat offers; the path at which it is whole. */
  async receiveFile(name: string): Promise<string> {
    await this.sees(`File transfer request for '${name}'`)
    await this.type('/savefile 0')
    await this.sees(`File '${name}' successfully received.`)
    return join(this.downloads, name)
  }

  /** Waits until the open chat's first line shows its friend so. */
  async seesFriend(status: Status, name: string, note: string): Promise<void> {
    await this.sees(new RegExp(`^ \\[o\\] ${name} \\| ${note} `))
    const sign = `\x1b[${STATUS_COLOURS[status]}mo`
    await this.sees(function friendInColour({ coloured }) {
      return coloured.split('\n')[0]!.includes(sign)
    })
  }

  /** Ends the program as its user does, so that it saves its profile; returns its exit code. */
  async quit(): Promise<number> {
    await this.type('/quit')
    const code = await this.terminal.untilExit(DEADLINE_MS)
    await this.terminal.close()
    this.#terminal = undefined
    return code
  }

  /** Ends the program, whatever it does, and forgets the user. */
  async remove(): Promise<void> {
    await this.#terminal?.close()
    await rm(this.home, { recursive: true, force: true })
  }
}

/** The list of nodes, as toxic fetches and keeps it: one line. */
function nodesList(nodes: readonly Address[]): string {
  const now = Math.floor(Date.now() / 1000)
  const list = nodes.map(({ host, port, key }) => ({
    ipv4: host,
    ipv6: '-',
    port,
    public_key: toHex(key).toUpperCase(),
    last_ping: now,
  }))
  return JSON.stringify({ last_scan: now, nodes: list })
}
