// The words in which the rows of the table are written.
import type { Failure, NameRow, Parameter, ScalarType, Self, SignatureRow } from './schema.js'

export function scalar(type: ScalarType, name: string): Parameter {
  return { kind: 'scalar', name, type }
}

export function fixed(name: string, size: string): Parameter {
  return { kind: 'fixed', name, size, optional: false }
}

/** NULL stands for "none". */
export function optionalFixed(name: string, size: string): Parameter {
  return { kind: 'fixed', name, size, optional: true }
}

export function data(name: string, length: string, limit: string): Parameter {
  return { kind: 'data', name, length, limit, required: false }
}

/** NULL is refused even with length 0. */
export function requiredData(name: string, length: string, limit: string): Parameter {
  return { kind: 'data', name, length, limit, required: true }
}

export function out(name: string, element: 'uint8_t' | 'uint32_t' = 'uint8_t'): Parameter {
  return { kind: 'out', name, element, required: false }
}

/** NULL is refused. */
export function requiredOut(name: string): Parameter {
  return { kind: 'out', name, element: 'uint8_t', required: true }
}

export function ignored(type: string, name: string): Parameter {
  return { kind: 'ignored', name, type }
}

export const FRIEND = scalar('uint32_t', 'friend_number')
export const FILE = scalar('uint32_t', 'file_number')
export const CONFERENCE = scalar('uint32_t', 'conference_number')
export const GROUP = scalar('uint32_t', 'group_number')
export const GROUP_PEER = scalar('uint32_t', 'peer_id')

export function core(
  self: Self,
  returns: string,
  name: string,
  parameters: readonly Parameter[] = [],
  failure: Failure = {},
): SignatureRow {
  return { name, how: 'core', returns, self, parameters, ...failure }
}

export function absent(
  self: Self,
  returns: string,
  name: string,
  parameters: readonly Parameter[],
  failure: Failure,
): SignatureRow {
  return { name, how: 'absent', returns, self, parameters, ...failure }
}

export function plain(...names: readonly string[]): readonly NameRow[] {
  return names.map((name) => ({ name, how: 'plain' }))
}
