// Kinds of files by name, as users write them, and by number, as they travel.

import { FileKind } from '../../packet/messenger/file-send.js'
import type { FileKindName } from './transfer.js'

const KIND_MAX = 2 ** 32 - 1

export function kindNumberOf(kind: FileKindName): number {
  if (kind === 'data') return FileKind.DATA
  return kind === 'avatar' ? FileKind.AVATAR : kind
}

export function kindNameOf(kind: number): FileKindName {
  if (kind === FileKind.DATA) return 'data'
  return kind === FileKind.AVATAR ? 'avatar' : kind
}

export function isKind(kind: unknown): kind is FileKindName {
  if (kind === 'data' || kind === 'avatar') return true
  return typeof kind === 'number' && Number.isInteger(kind) && kind >= 0 && kind <= KIND_MAX
}
