// Makes a transfer of whatever `sendFile` is given, and of the record of an earlier process.

import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fromHex, toHex, toUtf8 } from '../../base/index.js'
import { FileError } from '../../host/file-error.js'
import { type ByteSource, FileSource, type FileStamp, stampOf } from '../../host/file-source.js'
import { FILE_ID_BYTES, FILE_NAME_MAX_BYTES, FILE_SIZE_UNKNOWN } from '../../packet/messenger/file-send.js'
import type { TransferRecord } from '../../store/transfers.js'
import { ToxError } from '../../tox/errors.js'
import type { Friend } from '../friend.js'
import type { FileContent, SendFileOptions } from '../options.js'
import type { TransferFacts, TransferOwner } from './base-transfer.js'
import { BlobSource, BytesSource, StreamSource } from './content.js'
import { toxErrorOf } from './failure.js'
import { isKind, kindNameOf, kindNumberOf } from './kind.js'
import { type Content, SendingTransfer } from './sending-transfer.js'
import type { FileKindName } from './transfer.js'

/** Clients take pictures of 64 KiB; whatever is far larger is none, and is not read at once. */
const AVATAR_BYTES_MAX = 4 << 20

/** What `sendFile` was given, looked at. */
interface Given {
  readonly content: Content
  readonly name: string
  readonly size: bigint | undefined
  /** Of files on disk. */
  readonly stamp?: FileStamp
  /** All bytes at once, for what needs them: small files and bytes. */
  readonly bytes?: () => Uint8Array
}

/** The transfer of a call of `sendFile`. `known`: those that could be meant when the same file is sent again. */
export function beginSending(
  friend: Friend,
  content: FileContent,
  options: SendFileOptions,
  owner: TransferOwner,
  known: readonly SendingTransfer[],
): SendingTransfer {
  const given = look(content, options)
  const { kind = 'data', resume = kind !== 'avatar' } = options
  const name = options.name ?? given.name
  if (!isKind(kind)) throw badOption('kind is data, avatar or a number of 32 bits')
  if (toUtf8(name).length > FILE_NAME_MAX_BYTES) throw new ToxError('FILE_SEND', 'name-too-long')
  const { stamp, size } = given
  if (stamp !== undefined && resume && options.fileId === undefined) {
    const same = known.find((one) => isSame(one, stamp, name, kind) && one.claim())
    if (same !== undefined) return same
  }
  const fileId = fileIdOf(given, options, kind === 'avatar')
  const facts: TransferFacts = { friend, fileId: toHex(fileId), name, kind, size, isResumed: false }
  const isAlone = !known.some((one) => one.isRecorded && one.fileId === facts.fileId)
  const record = resume && isAlone && stamp !== undefined ? recordOf(facts, stamp) : undefined
  return new SendingTransfer(facts, { content: given.content, fileId, record }, owner)
}

/** The transfer that an earlier process has begun. */
export function resumeSending(friend: Friend, record: TransferRecord, owner: TransferOwner): SendingTransfer {
  const { fileId, name, kind, size = 0n, path, mtimeMs = 0 } = record
  const facts: TransferFacts = { friend, fileId, name, kind: kindNameOf(kind), size, isResumed: true }
  const content = fileContent({ path, size, mtimeMs })
  return new SendingTransfer(facts, { content, fileId: fromHex(fileId)!, record }, owner)
}

function look(content: FileContent, { size }: SendFileOptions): Given {
  if (typeof content === 'string' || content instanceof URL) {
    return lookAtFile(typeof content === 'string' ? content : fileURLToPath(content))
  }
  if (content instanceof Uint8Array) {
    const open = (): ByteSource => new BytesSource(content)
    return { content: inMemory(open), name: '', size: BigInt(content.length), bytes: () => content }
  }
  if (content instanceof Blob) {
    const name = 'name' in content && typeof content.name === 'string' ? content.name : ''
    return { content: inMemory(() => new BlobSource(content)), name, size: BigInt(content.size) }
  }
  if ('getReader' in content || Symbol.asyncIterator in content) {
    // At once: a stream that somebody else reads is a mistake to be told now.
    const source = streamOf(content)
    const once: Content = { path: undefined, canSeek: false, open: () => source, assertUnchanged() {} }
    return { content: once, name: '', size: sizeOf(size) }
  }
  throw badOption('what is sent is a path, bytes, a Blob or a stream')
}

function streamOf(content: AsyncIterable<unknown> | ReadableStream<unknown>): StreamSource {
  try {
    return new StreamSource(content)
  } catch (error) {
    throw badOption(`the stream cannot be read: ${(error as Error).message}`)
  }
}

function lookAtFile(path: string): Given {
  let stamp: FileStamp
  try {
    stamp = stampOf(path)
  } catch (error) {
    throw toxErrorOf(error)
  }
  const name = basename(stamp.path)
  return { content: fileContent(stamp), name, size: stamp.size, stamp, bytes: () => readFileSync(stamp.path) }
}

function fileContent(stamp: FileStamp): Content {
  return {
    path: stamp.path,
    canSeek: true,
    open: () => new FileSource(stamp),
    assertUnchanged() {
      const now = stampOf(stamp.path)
      if (now.size === stamp.size && now.mtimeMs === stamp.mtimeMs) return
      throw new FileError('changed', `${stamp.path} has changed since it was offered`)
    },
  }
}

function inMemory(open: () => ByteSource): Content {
  return { path: undefined, canSeek: true, open, assertUnchanged() {} }
}

function sizeOf(size: number | bigint | undefined): bigint | undefined {
  if (size === undefined) return undefined
  const isSize = typeof size === 'bigint' || Number.isSafeInteger(size)
  if (!isSize || size < 0 || size >= FILE_SIZE_UNKNOWN) throw badOption('size is a number of bytes')
  return BigInt(size)
}

function fileIdOf({ bytes, size }: Given, { fileId }: SendFileOptions, isAvatar: boolean): Uint8Array {
  if (fileId !== undefined) {
    if (fileId.length !== FILE_ID_BYTES) throw badOption(`a file id has ${FILE_ID_BYTES} bytes`)
    return fileId.slice()
  }
  if (!isAvatar) return new Uint8Array(randomBytes(FILE_ID_BYTES))
  if (bytes === undefined) throw badOption('the file id of an avatar is its SHA-256: give it, or the bytes themselves')
  if (size! > AVATAR_BYTES_MAX) throw badOption(`an avatar has at most ${AVATAR_BYTES_MAX} bytes`)
  return new Uint8Array(createHash('sha256').update(bytes()).digest())
}

function isSame(one: SendingTransfer, stamp: FileStamp, name: string, kind: FileKindName): boolean {
  const { record } = one
  if (record?.path !== stamp.path || one.name !== name || one.kind !== kind) return false
  return record.size === stamp.size && record.mtimeMs === stamp.mtimeMs
}

function recordOf({ friend, fileId, name, kind, size }: TransferFacts, stamp: FileStamp): TransferRecord {
  const { path, mtimeMs } = stamp
  const direction = 'sending'
  return {
    friend: friend.publicKey,
    direction,
    fileId,
    kind: kindNumberOf(kind),
    name,
    size,
    path,
    position: 0n,
    mtimeMs,
  }
}

function badOption(text: string): ToxError {
  return new ToxError('FILE_SEND', 'bad-option', text)
}
