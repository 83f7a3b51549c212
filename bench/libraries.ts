// The libraries behind the C API under measurement. All of them run the same compiled programs, which find them by
// LD_LIBRARY_PATH.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { compile } from './native.js'
import type { PeerCommand } from './peers.js'

type Program = 'instance' | 'peer' | 'file-peer'

export interface Library {
  /** As the lines call it. */
  readonly name: string
  /** The command that runs one of the bench's C programs with this library. */
  run(program: Program): PeerCommand
}

/** Ours, c-toxcore as it is installed, and a file of choice. */
export interface Libraries {
  readonly ours: Library | undefined
  readonly theirs: Library
  /** BENCH_TOXCORE names the file, such as a libtoxcore.so.2 of a later release. */
  readonly second: Library | undefined
}

/** Throws where no C program can be compiled. */
export function findLibraries(): Libraries {
  const programs = { instance: program('instance'), peer: program('peer'), 'file-peer': program('file-peer') }
  const { BENCH_CAPI: folder, BENCH_TOXCORE: file } = process.env
  const library = (name: string, path: string): Library => ({
    name,
    run: (which) => ['env', `LD_LIBRARY_PATH=${path}`, programs[which]],
  })
  return {
    ours: folder === undefined ? undefined : library('ours', resolve(folder)),
    theirs: library('c-toxcore', ''),
    second: file === undefined ? undefined : library(`c-toxcore ${versionOf(file, programs.instance)}`, folderOf(file)),
  }
}

function program(name: Program): string {
  const path = compile(name, ['toxcore'], 'libtoxcore-dev')
  if (path === undefined) throw new Error(`${name}.c cannot be compiled`)
  return path
}

/** A folder in which the loader finds the file by the name that programs ask for. */
function folderOf(file: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  symlinkSync(resolve(file), join(folder, 'libtoxcore.so.2'))
  return folder
}

function versionOf(file: string, instance: string): string {
  const env = { ...process.env, LD_LIBRARY_PATH: folderOf(file) }
  const { status, stdout, stderr } = spawnSync(instance, ['version'], { encoding: 'utf8', env })
  if (status !== 0) throw new Error(`BENCH_TOXCORE: ${stderr}`)
  return stdout.trim()
}
