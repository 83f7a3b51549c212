// The exported functions in C++, one file an area. Each has one shape: check the pointers, call the core, copy out; or,
// where nothing is built yet, check and fail.
import { enumerator } from '../table/enums.js'
import type { Area } from '../table/functions.js'
import type { FunctionRow, Parameter, Self, SignatureRow } from '../table/schema.js'

const WIDTH = 120

/** The wrappers of an area, or undefined when all of its functions are written by hand. */
export function wrappers(area: Area): string | undefined {
  const rows = area.rows.filter(isGenerated)
  if (rows.length === 0) return undefined
  return `// ${area.title}. Generated from capi/table by capi/generate; do not edit.

#include "tox/tox.h"
#include "tox/tox_private.h"
#include "tox/toxav.h"
#include "wrapper.h"

extern "C" {

${rows.map(wrapper).join('\n')}
}  // extern "C"
`
}

/** The core's own functions have no C name. */
export function isGenerated(row: FunctionRow): row is SignatureRow {
  return (row.how === 'core' || row.how === 'absent') && !row.name.startsWith('core_')
}

function wrapper(row: SignatureRow): string {
  const body = row.how === 'core' ? [...refuseNull(row), ...callCore(row)] : refuseAlways(row)
  return `${head(row)}\n${body.map((line) => `  ${line}\n`).join('')}}\n`
}

// The head

const SELF: Readonly<Record<Self, readonly [type: string, name: string] | undefined>> = {
  tox: ['Tox *', 'tox'],
  'const tox': ['const Tox *', 'tox'],
  av: ['ToxAV *', 'av'],
  none: undefined,
}

function head(row: SignatureRow): string {
  const self = SELF[row.self]
  const parameters = [
    self && declareOne(self[0], self[1], row.how === 'core' || !answersAllAlike(row)),
    ...row.parameters.flatMap((parameter) => declare(row, parameter)),
    row.error && `${row.error} *error`,
  ].filter((parameter) => parameter !== undefined)
  const start = `${row.returns} ${row.name}(`
  const indent = ' '.repeat(start.length)
  const lines: string[] = []
  let line = start
  for (const [i, parameter] of parameters.entries()) {
    const piece = parameter + (i === parameters.length - 1 ? ') {' : ',')
    if (line.length + 1 + piece.length > WIDTH) {
      lines.push(line)
      line = indent + piece
    } else {
      line += line === start ? piece : ` ${piece}`
    }
  }
  return [...lines, line].join('\n')
}

/** C++ wants no names for what is not used; they stay as comments. */
function declareOne(type: string, name: string, used: boolean, array = ''): string {
  if (!used) return `${type} /* ${name} */${array}`
  return `${type}${type.endsWith('*') ? '' : ' '}${name}${array}`
}

function declare(row: SignatureRow, parameter: Parameter): string[] {
  const { name } = parameter
  const used = isUsed(row, parameter)
  switch (parameter.kind) {
    case 'scalar':
    case 'ignored':
      return [declareOne(parameter.type, name, used)]
    case 'fixed':
      return [declareOne('const uint8_t', name, used, `[${parameter.size}]`)]
    case 'data':
      return [
        declareOne('const uint8_t', name, used, '[]'),
        // Whether a pointer may be NULL hangs on its length, unless it must never be.
        declareOne('size_t', parameter.length, used && (row.how === 'core' || !parameter.required)),
      ]
    case 'out':
      return [declareOne(parameter.element, name, used, '[]')]
  }
}

function isUsed(row: SignatureRow, parameter: Parameter): boolean {
  if (row.how === 'core') return true
  if (parameter.name === 'friend_number') return row.unknownFriend !== undefined
  return row.nullError !== undefined && nullCheck(parameter) !== undefined
}

// The body

/** Returns with an error, or only with the value that says failure. */
function giveUp(row: SignatureRow, why: string | undefined): string {
  if (row.returns === 'void') return 'return;'
  if (row.failed === undefined) throw new Error(`${row.name}: no value for failure`)
  if (row.error === undefined || why === undefined) return `return ${row.failed};`
  return `return fail(error, ${enumerator(row.error, why)}, ${row.failed});`
}

function refuseNull(row: SignatureRow): string[] {
  const nobody = `${row.self === 'av' ? 'av' : 'tox'} == nullptr`
  const answersNull = row.how === 'core' || row.nullError !== undefined
  const others = answersNull ? row.parameters.map(nullCheck).filter((check) => check !== undefined) : []
  const forNobody = giveUp(row, row.nullError ?? row.internalError)
  const forOthers = giveUp(row, row.nullError)
  if (forNobody === forOthers) return guard([nobody, ...others], forNobody)
  return [...guard([nobody], forNobody), ...guard(others, forOthers)]
}

function guard(conditions: readonly string[], action: string): string[] {
  if (conditions.length === 0) return []
  const parts = conditions.length === 1 ? conditions : conditions.map(parenthesize)
  const condition = parts.join(' || ')
  if (`  if (${condition}) ${action}`.length <= WIDTH) return [`if (${condition}) ${action}`]
  const long = `  if (${condition}) {`.length > WIDTH
  return [`if (${long ? parts.join(' ||\n      ') : condition}) {`, `  ${action}`, '}']
}

function parenthesize(condition: string): string {
  return condition.includes('&&') ? `(${condition})` : condition
}

/** The condition under which a parameter is refused, if there is one. */
function nullCheck(parameter: Parameter): string | undefined {
  switch (parameter.kind) {
    case 'scalar':
    case 'ignored':
      return undefined
    case 'fixed':
      return parameter.optional ? undefined : `${parameter.name} == nullptr`
    case 'data':
      return parameter.required
        ? `${parameter.name} == nullptr`
        : `${parameter.name} == nullptr && ${parameter.length} > 0`
    case 'out':
      return parameter.required ? `${parameter.name} == nullptr` : undefined
  }
}

function callCore(row: SignatureRow): string[] {
  const out = row.parameters.find((parameter) => parameter.kind === 'out')
  return [
    `CoreCall call(Function::${row.name}, tox);`,
    ...row.parameters.flatMap(pass),
    row.returns === 'void' && out === undefined
      ? '(void)call.run();'
      : `if (!call.run()) ${giveUp(row, row.internalError)}`,
    ...(row.error === undefined
      ? []
      : [`set_error(error, static_cast<${row.error}>(call.error()));`, `if (call.error() != 0) return ${row.failed};`]),
    ...(out === undefined
      ? answer(row)
      : [`copy_out(call, ${out.name});`, ...(row.returns === 'bool' ? [`return ${isFilled(row)};`] : [])]),
  ]
}

/** Whether there was something to copy out: without an error, that alone tells. */
function isFilled(row: SignatureRow): string {
  return row.error === undefined ? 'call.out_size() != 0' : 'true'
}

function pass(parameter: Parameter): string[] {
  const { name } = parameter
  switch (parameter.kind) {
    case 'scalar':
      return [parameter.type === 'uint64_t' ? `call.bits(${name});` : `call.number(${name});`]
    case 'fixed':
      return [`call.bytes(${name}, ${parameter.optional ? `${name} == nullptr ? 0 : ` : ''}${parameter.size});`]
    case 'data':
      return [`pass_at_most<${parameter.limit}>(call, ${name}, ${parameter.length});`]
    case 'out':
    case 'ignored':
      return []
  }
}

function answer(row: SignatureRow): string[] {
  switch (row.returns) {
    case 'void':
      return []
    case 'bool':
      return ['return call.value() != 0;']
    case 'uint64_t':
      return ['return call.value_bits();']
    default:
      return [`return static_cast<${row.returns}>(call.value());`]
  }
}

/** An absent function that fails in one way, whatever it is given. */
function answersAllAlike(row: SignatureRow): boolean {
  return row.unknownFriend === undefined && row.nullError === undefined
}

function refuseAlways(row: SignatureRow): string[] {
  if (answersAllAlike(row)) return row.returns === 'void' ? [] : [giveUp(row, row.internalError)]
  const tox = row.self === 'av' ? 'toxav_get_tox(av)' : 'tox'
  const lines = refuseNull(row)
  if (row.unknownFriend !== undefined) {
    lines.push(...guard([`!tox_friend_exists(${tox}, friend_number)`], giveUp(row, row.unknownFriend)))
  }
  if (row.offlineFriend !== undefined) {
    const status = `tox_friend_get_connection_status(${tox}, friend_number, nullptr)`
    lines.push(...guard([`${status} == TOX_CONNECTION_NONE`], giveUp(row, row.offlineFriend)))
  }
  return [...lines, giveUp(row, row.internalError)]
}
