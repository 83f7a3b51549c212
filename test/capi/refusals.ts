// A C++ program that calls every generated wrapper with what it must refuse, over a core that is broken or answers an
// error, and prints result and error of each.

import { ERROR_ENUMS, enumerator } from '../../capi/table/enums.js'
import type { Parameter, SignatureRow } from '../../capi/table/schema.js'

/** What is left in `*error` where a function does not touch it. */
const UNTOUCHED = 77

export interface Refusal {
  readonly row: SignatureRow
  /** Without the prefix of its enum; undefined when the function leaves `*error` alone. */
  readonly error: string | undefined
}

/** What each row must answer. */
export const SCENARIOS = {
  'without an instance': (row) => ({ row, error: row.nullError ?? row.internalError }),
  'with NULL for every pointer': (row) => {
    if (row.how === 'core' && row.parameters.some(refusesNull)) return { row, error: row.nullError }
    if (row.nullError !== undefined && row.parameters.some(refusesNull)) return { row, error: row.nullError }
    return { row, error: whenBroken(row) }
  },
  'when the core fails within': (row) => ({ row, error: whenBroken(row) }),
  'when the core answers an error': (row) => {
    if (row.how === 'absent') return { row, error: row.unknownFriend ?? row.internalError }
    return { row, error: row.error && ERROR_ENUMS[row.error].at(-1) }
  },
} as const satisfies Record<string, (row: SignatureRow) => Refusal>

export type Scenario = keyof typeof SCENARIOS

/** In a core that fails within, no friend exists. */
function whenBroken(row: SignatureRow): string | undefined {
  return row.unknownFriend ?? row.internalError
}

/** The lengths beside NULL are 1 here. */
function refusesNull(parameter: Parameter): boolean {
  switch (parameter.kind) {
    case 'fixed':
      return !parameter.optional
    case 'data':
      return true
    case 'out':
      return parameter.required
    case 'scalar':
    case 'ignored':
      return false
  }
}

/** As the program prints it. */
export function text({ row, error }: Refusal): string {
  const members: readonly string[] = row.error === undefined ? [] : ERROR_ENUMS[row.error]
  const value = error === undefined || row.error === undefined ? UNTOUCHED : members.indexOf(error)
  return `${row.returns === 'void' ? 'nothing' : 'failed'} ${value}`
}

const HEAD = `#include <cstdio>
#include "tox/tox.h"
#include "tox/tox_private.h"
#include "tox/toxav.h"
#include "core_call.h"

static bool core_runs = false;
static int core_error = 0;

CoreCall::CoreCall(Function, const Tox *) {}
CoreCall::CoreCall(Function, Tox *) {}
CoreCall::~CoreCall() {}
void CoreCall::number(double) {}
void CoreCall::bits(uint64_t) {}
void CoreCall::bytes(const void *, size_t) {}
bool CoreCall::run() { return core_runs; }
int CoreCall::error() const { return core_error; }
double CoreCall::value() const { return 0; }
uint64_t CoreCall::value_bits() const { return 0; }
const uint8_t *CoreCall::out() const { return nullptr; }
size_t CoreCall::out_size() const { return 0; }

static char somebody;
static Tox *const tox = reinterpret_cast<Tox *>(&somebody);
static ToxAV *const av = reinterpret_cast<ToxAV *>(&somebody);
extern "C" Tox *toxav_get_tox(const ToxAV *one) { return one == nullptr ? nullptr : tox; }

static uint8_t some_bytes[4096];
static uint32_t some_numbers[64];

static void tell(const char *scenario, const char *name, const char *what, int error) {
  std::printf("%s %s: %s %d\\n", scenario, name, what, error);
}
`

/** `wrappers` are the files that define the functions of `rows`. */
export function refusalsProgram(rows: readonly SignatureRow[], wrappers: readonly string[]): string {
  const includes = wrappers.map((name) => `#include "${name}"`).join('\n')
  const blocks = rows.flatMap((row) => [
    call('without an instance', row, 'nullptr', false),
    call('with NULL for every pointer', row, undefined, true),
    call('when the core fails within', row, undefined, false),
    call('when the core answers an error', row, undefined, false),
  ])
  return `${HEAD}\n${includes}\n\nint main() {\n${blocks.join('\n')}\n}\n`
}

function call(scenario: Scenario, row: SignatureRow, self: string | undefined, null_: boolean): string {
  const answers = scenario === 'when the core answers an error' && row.error !== undefined
  const last = row.error === undefined ? undefined : ERROR_ENUMS[row.error].at(-1)
  const parameters = [
    self ?? (row.self === 'av' ? 'av' : 'tox'),
    ...row.parameters.flatMap((parameter) => argument(parameter, null_)),
    ...(row.error === undefined ? [] : ['&error']),
  ]
  const invocation = `${row.name}(${parameters.join(', ')})`
  return [
    '{',
    `core_runs = ${answers}; core_error = ${answers && last !== undefined ? enumerator(row.error!, last) : 0};`,
    row.error === undefined
      ? `const int error = ${UNTOUCHED};`
      : `auto error = static_cast<${row.error}>(${UNTOUCHED});`,
    row.returns === 'void'
      ? `${invocation}; const char *what = "nothing";`
      : `const char *what = ${invocation} == static_cast<${row.returns}>(${row.failed}) ? "failed" : "something";`,
    `tell("${scenario}", "${row.name}", what, static_cast<int>(error));`,
    '}',
  ].join('\n')
}

function argument(parameter: Parameter, null_: boolean): string[] {
  switch (parameter.kind) {
    case 'scalar':
      return [`static_cast<${parameter.type}>(0)`]
    case 'fixed':
      return [null_ ? 'nullptr' : 'some_bytes']
    case 'data':
      return [null_ ? 'nullptr' : 'some_bytes', '1']
    case 'out':
      return [null_ ? 'nullptr' : parameter.element === 'uint32_t' ? 'some_numbers' : 'some_bytes']
    case 'ignored':
      return [parameter.type.endsWith('*') ? 'nullptr' : '1']
  }
}
