// The lock of a profile: a file beside it that names its holder. Node has no flock(2), so exclusion rests on link(2), which
// makes a complete file appear in one step or fails when the name is taken.
//
// A holder that died leaves its file. Who takes it over must not race with another who wants to: each lock has an id that
// never returns, and only the holder of the *claim* on that id (a lock of the same kind, named after it) may replace the
// lock, and only after reading again that it is still the same. A late claimer finds another id and starts over.
//
// Dead means: a process of this machine's current boot that is gone, or whose start time differs (its number was reused).
// A holder on another machine, in another container or of another boot cannot be asked (names of machines repeat, so they
// decide nothing); its file counts as alive while its time stamp moves, which each holder sees to.

import { randomBytes } from 'node:crypto'
import {
  linkSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { ProfileError, profileErrorOf } from './profile-error.js'

/** How often a holder touches its lock, and after how long without a touch a holder that cannot be asked counts as dead. */
const TOUCH_EVERY_MS = 10_000
const SILENT_AFTER_MS = 3 * TOUCH_EVERY_MS + 5_000
/** A damaged lock this young may be one that is being written (file systems without hard links). */
const DAMAGED_AFTER_MS = 2_000
/** Claims on claims on claims: each level needs a process that was killed within a millisecond. */
const CLAIM_DEPTH_MAX = 4
/** Somebody else acts on the same stale lock: look again so often before giving up. */
const ATTEMPTS_MAX = 100

const DAMAGED = 'damaged'

interface LockContent {
  readonly id: string
  readonly pid: number
  readonly host: string
  readonly since: string
  /** Which boot and which process namespace `pid` belongs to; empty where the system does not tell. */
  readonly world: string
  /** Start time of the process in ticks since boot; empty where the system does not tell. */
  readonly started: string
}

/** A lock that is held. */
export class ProfileLock {
  #touching: NodeJS.Timeout | undefined

  private constructor(
    private readonly path: string,
    private readonly id: string,
  ) {
    this.#touching = setInterval(() => this.#touch(), TOUCH_EVERY_MS)
    this.#touching.unref()
  }

  /** Takes the lock file `path`. Throws ProfileError `locked` naming the holder. */
  static take(path: string, profile: string): ProfileLock {
    try {
      const id = take(path, profile, 0)
      sweepClaims(path)
      return new ProfileLock(path, id)
    } catch (error) {
      throw profileErrorOf(error, profile, 'lock the profile')
    }
  }

  /** Whether the file still says that we hold it. */
  isHeld(): boolean {
    return this.#touching !== undefined && read(this.path)?.id === this.id
  }

  /** Gives the lock back; harmless when it is lost or given back already. */
  release(): void {
    if (this.isHeld()) removeFile(this.path)
    clearInterval(this.#touching)
    this.#touching = undefined
  }

  #touch(): void {
    try {
      const now = new Date()
      if (this.isHeld()) utimesSync(this.path, now, now)
    } catch {
      // The next save reports what is wrong with the folder.
    }
  }
}

/** Makes `path` ours, over the body of a dead holder if need be; returns our id. */
function take(path: string, profile: string, depth: number): string {
  const own = ownContent()
  const draft = `${path}.${own.id}.new`
  writeFileSync(draft, `${JSON.stringify(own)}\n`, { mode: 0o600, flag: 'wx' })
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (appear(draft, path)) return own.id
      const found = read(path)
      if (found === undefined) continue // Given back this moment.
      if (isAlive(found, path)) throw lockedError(found, path, profile)
      if (depth >= CLAIM_DEPTH_MAX) break
      const claim = `${path}.${found.id}`
      const claimId = take(claim, profile, depth + 1)
      const isSame = read(path)?.id === found.id
      if (isSame) renameSync(draft, path)
      if (read(claim)?.id === claimId) removeFile(claim)
      if (isSame) return own.id
    }
    throw new ProfileError('locked', profile, `cannot take the lock ${path}: remove it if no process uses the profile`)
  } finally {
    removeFile(draft)
  }
}

/** Gives the complete file `draft` the name `path` as well; false when that name is taken. */
function appear(draft: string, path: string): boolean {
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EEXIST') return false
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error
  }
  return appearWithoutLinks(draft, path)
}

/** For file systems without hard links (FAT): exclusive creation; a reader may see the file before its content. */
function appearWithoutLinks(draft: string, path: string): boolean {
  try {
    writeFileSync(path, readFileSync(draft), { mode: 0o600, flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function lockedError(holder: LockContent, path: string, profile: string): ProfileError {
  const { pid, host, since } = holder
  const near = isNear(holder)
  const who = near && pid === process.pid ? 'this process' : `process ${pid} on ${host}`
  const far = `; if it is gone, the profile is free ${SILENT_AFTER_MS / 1000} s after its end`
  const text = `the profile ${profile} is in use by ${who} since ${since} (lock file ${path}${near ? '' : far})`
  return new ProfileError('locked', profile, text, { holder: { pid, host, since } })
}

/** The content of a lock file; `undefined` when there is none. A damaged one (power loss) is a dead holder's. */
function read(path: string): LockContent | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const json: unknown = JSON.parse(text)
    if (isContent(json)) return json
  } catch {
    // Not ours, or cut off.
  }
  return { id: DAMAGED, pid: 0, host: 'unknown host', since: 'an unknown time', world: DAMAGED, started: '' }
}

function isContent(json: unknown): json is LockContent {
  if (typeof json !== 'object' || json === null) return false
  const { id, pid, host, since, world, started } = json as Record<string, unknown>
  const texts = [id, host, since, world, started].every((text) => typeof text === 'string' && text.length <= 256)
  // The id becomes part of a file name.
  return texts && /^[0-9a-f]{16}$/.test(id as string) && Number.isInteger(pid) && (pid as number) > 0
}

function isAlive(found: LockContent, path: string): boolean {
  if (isNear(found)) return isRunning(found)
  return Date.now() - touchedMs(path) < (found.world === DAMAGED ? DAMAGED_AFTER_MS : SILENT_AFTER_MS)
}

/** Whether the holder's process number means something here. Without /proc the name of the machine must do. */
function isNear({ world, host }: LockContent): boolean {
  return world === ownWorld() && (world !== '' || host === hostname())
}

function isRunning({ pid, started }: LockContent): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return started === '' || startOf(pid) === '' || startOf(pid) === started
}

/** When the file was touched last, 0 when it is gone. */
function touchedMs(path: string): number {
  try {
    return statSync(path).mtimeMs
  } catch {
    return 0
  }
}

function ownContent(): LockContent {
  return {
    id: randomBytes(8).toString('hex'),
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    world: ownWorld(),
    started: startOf(process.pid),
  }
}

/** Boot id and process namespace, where /proc tells them. */
function ownWorld(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return ''
  }
}

/** Field 22 of /proc/PID/stat; the second field may hold blanks and brackets, so counting begins behind its last bracket. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended; it only waits for its parent to notice.
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : (fields[19] ?? '')
  } catch {
    return ''
  }
}

/** Claims and drafts that a kill left behind: their ids never return, so nobody needs them once the lock is ours. */
function sweepClaims(path: string): void {
  const prefix = `${basename(path)}.`
  for (const name of readdirSync(dirname(path))) {
    const rest = name.startsWith(prefix) ? name.slice(prefix.length) : ''
    if (!/^([0-9a-f]{16}|damaged)(\.|$)/.test(rest)) continue
    const file = join(dirname(path), name)
    // A draft of somebody who is trying right now is young.
    if (Date.now() - touchedMs(file) > TOUCH_EVERY_MS) removeFile(file)
  }
}

function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
