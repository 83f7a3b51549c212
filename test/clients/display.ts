// A screen without a monitor: Xvfb, with xdotool's mouse and keyboard. Its picture is a file that Xvfb maps, in X's own
// window dump format, so looking at it costs a read and needs no other program.

import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { deflateSync } from 'node:zlib'
import { Child } from '../interop/child.js'

const WIDTH = 1000
const HEIGHT = 600
const LOOK_MS = 100
const START_DEADLINE_MS = 20_000
/** Typing a Tox ID takes a second. */
const XDOTOOL_DEADLINE_MS = 30_000

const run = promisify(execFile)

export interface Area {
  x: number
  y: number
  width: number
  height: number
}

/** The picture of the screen at one moment. */
export class Picture {
  constructor(
    readonly width: number,
    readonly height: number,
    /** Red, green, blue; row after row. */
    readonly pixels: Buffer,
  ) {}

  /** How many pixels of an area have exactly this colour, 0xRRGGBB. */
  count(colour: number, { x, y, width, height }: Area): number {
    let found = 0
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++) {
        if (this.pixels.readUIntBE(3 * (row * this.width + column), 3) === colour) found++
      }
    }
    return found
  }

  /** The lowest row of an area that has exactly this colour somewhere; undefined where none has. */
  lowest(colour: number, { x, y, width, height }: Area): number | undefined {
    for (let row = y + height - 1; row >= y; row--) {
      if (this.count(colour, { x, y: row, width, height: 1 }) > 0) return row
    }
    return undefined
  }

  /** Whether an area looks the same as in another picture of the same screen. */
  isSame(other: Picture, { x, y, width, height }: Area): boolean {
    for (let row = y; row < y + height; row++) {
      const [start, end] = [3 * (row * this.width + x), 3 * (row * this.width + x + width)]
      if (this.pixels.compare(other.pixels, start, end, start, end) !== 0) return false
    }
    return true
  }

  /** As a PNG file: the header, the rows compressed (each behind a 0: unfiltered), the end. */
  png(): Buffer {
    const header = Buffer.alloc(13)
    header.writeUInt32BE(this.width, 0)
    header.writeUInt32BE(this.height, 4)
    header.set([8, 2, 0, 0, 0], 8) // 8 bits a sample, true colour
    const rows = Buffer.alloc(this.height * (1 + 3 * this.width))
    for (let row = 0; row < this.height; row++) {
      this.pixels.copy(rows, row * (1 + 3 * this.width) + 1, 3 * this.width * row, 3 * this.width * (row + 1))
    }
    const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
    return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND')])
  }
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const whole = Buffer.alloc(body.length + 8)
  whole.writeUInt32BE(data.length, 0)
  body.copy(whole, 4)
  whole.writeUInt32BE(crc32(body), body.length + 4)
  return whole
}

/** PNG's checksum by the byte: CRC-32 with the reversed polynomial. Node's own is not in every Node that we support. */
const CRC_OF_BYTE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1 ? 0xedb88320 : 0) ^ (crc >>> 1)
  return crc
})

function crc32(data: Buffer): number {
  let crc = 0xffffffff
  for (const byte of data) crc = CRC_OF_BYTE[(crc ^ byte) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}

export class Display {
  private constructor(
    readonly folder: string,
    readonly server: Child,
    /** What a client finds in DISPLAY. */
    readonly name: string,
  ) {}

  static async start(): Promise<Display> {
    const folder = await mkdtemp(join(tmpdir(), 'display-'))
    // Without -noreset it would start over, refusing clients meanwhile, whenever its last client leaves.
    const args = ['-displayfd', '1', '-noreset', '-nolisten', 'tcp', '-fbdir', folder]
    const screen = ['-screen', '0', `${WIDTH}x${HEIGHT}x24`]
    let told: (number: string) => void = () => {}
    const number = new Promise<string>((resolve) => {
      told = resolve
    })
    // It picks a free display and tells its number.
    const server = new Child(spawn('Xvfb', [...args, ...screen]), 'Xvfb', (line) => told(line))
    const failed = Promise.race([server.exited, delay(START_DEADLINE_MS, undefined, { ref: false })]).then(() => '')
    const found = await Promise.race([number, failed])
    const display = new Display(folder, server, `:${found}`)
    if (found !== '') return display
    await display.close()
    throw new Error(`Xvfb did not start: ${server.stderr}`)
  }

  async look(): Promise<Picture> {
    return readDump(await readFile(join(this.folder, 'Xvfb_screen0')))
  }

  /** Waits until the picture is as wanted; fails with a screenshot when it never is. */
  async until(what: string, accept: (picture: Picture) => boolean, deadlineMs: number): Promise<void> {
    const end = performance.now() + deadlineMs
    while (!accept(await this.look())) {
      if (performance.now() >= end) throw new Error(`not shown within ${deadlineMs} ms: ${what}`)
      await delay(LOOK_MS)
    }
  }

  /** Waits until the picture has stopped changing: what was asked for is drawn. */
  async untilStill(deadlineMs: number): Promise<void> {
    let last = await this.look()
    await delay(LOOK_MS)
    const isStill = (picture: Picture): boolean => {
      const before = last
      last = picture
      return picture.pixels.equals(before.pixels)
    }
    await this.until('a still picture', isStill, deadlineMs)
  }

  /** Saves a screenshot. */
  async screenshot(file: string): Promise<void> {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, (await this.look()).png())
  }

  async click(x: number, y: number): Promise<void> {
    await this.#xdotool('mousemove', String(x), String(y), 'click', '1')
  }

  /** Presses a key, or several at once, by their X names: `Return`, `ctrl+v`. */
  async press(key: string): Promise<void> {
    await this.#xdotool('key', key)
  }

  async type(text: string): Promise<void> {
    await this.#xdotool('type', '--delay', '5', '--', text)
  }

  /** The windows with this name that are on the screen. */
  async windows(name: string): Promise<string[]> {
    // It ends with 1 when there is none.
    const found = await this.#xdotool('search', '--onlyvisible', '--name', name).catch(() => '')
    return found.split('\n').filter((line) => line !== '')
  }

  async close(): Promise<void> {
    // SIGTERM first: it removes its lock file and socket.
    this.server.process.kill('SIGTERM')
    await Promise.race([this.server.exited, delay(START_DEADLINE_MS, undefined, { ref: false })])
    await this.server.killHard()
    await rm(this.folder, { recursive: true, force: true })
  }

  async #xdotool(...args: string[]): Promise<string> {
    const env = { ...process.env, DISPLAY: this.name, LANG: 'C.UTF-8' }
    return (await run('xdotool', args, { env, timeout: XDOTOOL_DEADLINE_MS })).stdout
  }
}

/** X window dump, version 7: a header of 32-bit numbers, a colour map that true colour does not need, the rows. */
function readDump(dump: Buffer): Picture {
  const field = (index: number): number => dump.readUInt32BE(4 * index)
  const [start, width, height] = [field(0) + 12 * field(19), field(4), field(5)]
  const [isBigEndian, bitsPerPixel, rowBytes] = [field(7) === 1, field(11), field(12)]
  if (bitsPerPixel !== 32) throw new Error(`a screen of ${bitsPerPixel} bits a pixel`)
  const pixels = Buffer.alloc(3 * width * height)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = start + row * rowBytes + 4 * column
      const colour = (isBigEndian ? dump.readUInt32BE(at) : dump.readUInt32LE(at)) & 0xffffff
      pixels.writeUIntBE(colour, 3 * (row * width + column), 3)
    }
  }
  return new Picture(width, height, pixels)
}
