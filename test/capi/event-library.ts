// The part of the C library that is about events, built without the core: test programs give it batches themselves.

import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { generateEvents } from '../../capi/generate/events.js'
import { OUR_HEADERS, ROOT, scratchFolder } from './compiler.js'

export type Release = 'current' | '0_2_18'

const HERE = join(ROOT, 'test/capi/programs')
const LIBRARY = join(ROOT, 'capi/library')
const WARNINGS = ['-Wall', '-Wextra', '-Werror']
const GENERATED = ['callbacks.cc', 'event_getters.cc', 'dispatch_callbacks.cc']
const WRITTEN = ['events.cc', 'event_delivery.cc', 'dispatch.cc', 'msgpack.cc']

const run = promisify(execFile)

export class EventLibrary {
  readonly folder = scratchFolder()
  readonly #generated = join(this.folder, 'generated')
  readonly #includes = ['-I', OUR_HEADERS, '-I', LIBRARY, '-I', this.#generated]

  constructor() {
    generateEvents(this.#generated)
  }

  /** Compiles what both releases share, and links it into a library for each. Returns their folders. */
  async build(): Promise<Readonly<Record<Release, string>>> {
    const shared = await this.#compile([...this.#sources(), join(HERE, 'event-stub.cc')], 'o', ['-O0'])
    const current = await this.#link('current', shared)
    return { current, '0_2_18': await this.#link('0_2_18', shared) }
  }

  /** A program that packs and loads under the address sanitizer. */
  async buildFuzzer(): Promise<string> {
    const sources = ['events.cc', 'msgpack.cc'].map((name) => join(LIBRARY, name))
    const sanitizers = ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all']
    const objects = await this.#compile([...sources, join(HERE, 'event-fuzz.cc')], 'fuzz.o', sanitizers)
    const program = join(this.folder, 'event-fuzz')
    await run('g++', [...sanitizers, '-o', program, ...objects])
    return program
  }

  /** Compiles a C program against our headers or Debian's, without a library: one is named when it runs. */
  async program(name: string, source: string, release: Release, headers: string, folder: string): Promise<string> {
    const path = join(this.folder, `${name}.c`)
    writeFileSync(path, source)
    const program = join(this.folder, name)
    const meaning = release === 'current' ? [] : ['-DTOXCORE_TS_ABI_0_2_18']
    const flags = ['-std=c11', ...WARNINGS, ...meaning, '-I', HERE, '-isystem', headers]
    await run('gcc', [...flags, '-o', program, path, `-L${folder}`, '-l:libtoxcore.so.2'])
    return program
  }

  #sources(): string[] {
    return [
      ...WRITTEN.map((name) => join(LIBRARY, name)),
      ...GENERATED.map((name) => join(this.#generated, name)),
      ...['current', '0_2_18'].map((name) => join(LIBRARY, `events_abi_${name}.cc`)),
    ]
  }

  async #compile(sources: readonly string[], suffix: string, flags: readonly string[]): Promise<string[]> {
    const objects: string[] = []
    for (const source of sources) {
      const object = join(this.folder, `${basename(source, '.cc')}.${suffix}`)
      await run('g++', ['-std=c++17', '-fPIC', ...WARNINGS, ...flags, ...this.#includes, '-c', source, '-o', object])
      objects.push(object)
    }
    return objects
  }

  async #link(release: Release, objects: readonly string[]): Promise<string> {
    const folder = join(this.folder, release)
    mkdirSync(folder)
    const other = release === 'current' ? '0_2_18' : 'current'
    const own = objects.filter((object) => basename(object) !== `events_abi_${other}.o`)
    const soname = '-Wl,-soname,libtoxcore.so.2'
    await run('g++', ['-shared', '-Wl,-z,defs', soname, '-o', join(folder, 'libtoxcore.so.2'), ...own])
    return folder
  }
}
