// Writes the C program that calls every exported function in random order with random arguments: the prototypes come from our
// headers, and the table tells which lengths are refused unread and which functions are absent.

import { EXPORTS } from '../../capi/table/functions.js'
import type { FunctionRow, SignatureRow } from '../../capi/table/schema.js'
import { OUR_HEADERS } from './compiler.js'
import { declarationsOf } from './declarations.js'

const HEADERS = [
  'tox.h',
  'tox_options.h',
  'tox_events.h',
  'tox_dispatch.h',
  'tox_private.h',
  'toxav.h',
  'toxencryptsave.h',
]

/** Objects that live from one call to another, in the order of the program's `objects`. */
const KINDS = [
  ...['Tox', 'ToxAV', 'Tox_Options', 'Tox_Events'],
  ...['Tox_Dispatch', 'Tox_Pass_Key', 'Tox_Iterate_Options'],
]
/** Types that are arrays of bytes. */
const BYTES = ['Address', 'Public_Key', 'Secret_Key', 'Dht_Id', 'Hash', 'File_Id', 'Conference_Id', 'Conference_Uid']
const ARRAY = new RegExp(`^(const )?Tox_(?:${[...BYTES, 'Group_Chat_Id', 'Pass_Salt'].join('|')})$`)

/** Threads share the first instance, which lives as long as all of them. */
const FIRST_MORTAL_INSTANCE = 1
/** A password is turned into a key in a tenth of a second. */
const SLOW = /^tox_pass_(?:key_derive\w*|encrypt|decrypt)$/
const SLOW_ONE_IN = 300
/** Who makes an instance opens a socket. */
const INSTANCES_ONE_IN = 4

/** Their answer may be no, without an error. */
const QUESTIONS = /_get_typing$/

/** What is called in another way: one call alone would be an error of the program's, or would hardly ever succeed. */
const BY_HAND: ReadonlyMap<string, string> = new Map([
  ['tox_lock', 'tox_lock(a0);\n  tox_self_get_status(a0);\n  tox_unlock(a0);'],
  ['tox_events_load', 'keep_object(hand, 3, any_events(a0, a1, a2));'],
  // The shared instance keeps its one friend who is online.
  ['tox_friend_delete', 'if (a0 != hand->objects[0][0] || a1 != 0) tox_friend_delete(a0, a1, a2);'],
  ['tox_unlock', 'tox_lock(a0);\n  tox_unlock(a0);'],
])

interface Argument {
  readonly type: string
  readonly name: string
}

interface Prototype {
  readonly text: string
  readonly returns: string
  readonly name: string
  readonly parameters: readonly Argument[]
}

/** The program's source, and the functions that it calls. */
export function hostileProgram(): { source: string; functions: readonly string[] } {
  const current = prototypes([])
  const old = prototypes(['-DTOXCORE_TS_ABI_0_2_18'])
  const all = EXPORTS.map((row) => ({ row, prototype: current.get(row.name) ?? old.get(row.name)! }))
  const missing = all.filter(({ row }) => !current.has(row.name)).map(({ prototype }) => `${prototype.text};\n`)
  const source = `#include "hostile.h"

${missing.join('')}
${all.map(({ row, prototype }) => caller(row, prototype)).join('\n')}
static void (*const callers[])(Hand *) = {
${all.map(({ row }) => `  call_${row.name},\n`).join('')}};

${MAIN}`
  return { source, functions: all.map(({ row }) => row.name) }
}

function prototypes(args: readonly string[]): ReadonlyMap<string, Prototype> {
  const found = new Map<string, Prototype>()
  for (const line of declarationsOf(OUR_HEADERS, HEADERS, args).repeatable.split(';\n')) {
    const match = /^(?!typedef)(.*?)(\w+)\((.*)\)$/.exec(line)
    if (match === null) continue
    const [text, returns, name, list] = match as unknown as [string, string, string, string]
    const parameters = list === 'void' ? [] : list.split(',').map(argument)
    found.set(name, { text, returns: returns.trim(), name, parameters })
  }
  return found
}

/** An array is a pointer. */
function argument(text: string): Argument {
  const [, type, name, array] = /^(.*?)(\w+)(\[\w*\])?$/.exec(text.trim())!
  return { type: `${type!.trim()}${array === undefined ? '' : ' *'}`.replace('struct ', ''), name: name! }
}

const kindOf = (type: string): number => KINDS.findIndex((kind) => type === `${kind} *` || type === `const ${kind} *`)

function caller(row: FunctionRow, prototype: Prototype): string {
  const { name, parameters } = prototype
  const makes = KINDS.findIndex(
    (kind) => prototype.returns === `${kind} *` && /_(?:new|load|iterate|derive)/.test(name),
  )
  const guards = [
    ...(SLOW.test(name) ? [`if (!one_in(hand, ${SLOW_ONE_IN})) return;`] : []),
    ...(/^tox_new/.test(name) ? [`if (!one_in(hand, ${INSTANCES_ONE_IN})) return;`] : []),
    ...(makes >= 0 ? [`if (!has_room(hand, ${makes})) return;`] : []),
  ]
  const declarations = parameters.map(({ type }, at) => `${local(type)}a${at} = ${value(row, prototype, at)};`)
  const call = `${name}(${parameters.map((_, at) => `a${at}`).join(', ')})`
  const body = BY_HAND.get(name) ?? answer(row, prototype, call, makes)
  return `static void call_${name}(Hand *hand) {
  hand->in = "${name}";
${[...guards, ...declarations].map((line) => `  ${line}\n`).join('')}  ${body}
}
`
}

/** The type of a local variable, with what separates it from a name. */
function local(type: string): string {
  const array = ARRAY.exec(type)
  if (array !== null) return `${array[1] ?? ''}uint8_t *`
  return type.endsWith('*') ? type : `${type} `
}

function value(row: FunctionRow, { name, parameters }: Prototype, at: number): string {
  const { type, name: called } = parameters[at]!
  const kind = kindOf(type)
  if (kind >= 0) {
    const ends = at === 0 && /_(?:free|kill)$/.test(name)
    return ends ? `take_object(hand, ${kind}, ${kind === 0 ? FIRST_MORTAL_INSTANCE : 0})` : `any_object(hand, ${kind})`
  }
  if (/Err_\w+ \*$/.test(type)) return `one_in(hand, 3) ? NULL : (${type})(void *)&(int){${UNTOUCHED}}`
  if (/_cb \*$/.test(type)) return `one_in(hand, 3) ? NULL : (${type})do_nothing`
  if (type === 'const Tox_System *') return 'any_system(hand)'
  if (type === 'const Tox_Options_Testing *') return 'any_testing(hand)'
  if (type === 'const char *') return 'any_text(hand)'
  if (type === 'const Tox_Event *') return 'any_event(hand)'
  // One kind of event cannot stand for another; and what a program keeps in an instance, nobody reads.
  if (/^const Tox_Event\w* \*$/.test(type) || type === 'void *') return 'NULL'
  if (isReadable(type)) return 'any_bytes(hand)'
  if (ARRAY.test(type) || type.endsWith('*')) return 'any_room(hand)'
  if (isLength(parameters, at)) return `(${type})any_length(hand, ${limitOf(row, called)})`
  // Frames, whose size they tell together.
  if (name.startsWith('toxav_') && /^(?:width|height|sample_count|channels)$/.test(called)) return 'roll(hand) % 16'
  if (name === 'tox_options_set_savedata_length') return 'any_length(hand, 0)'
  return `(${type})any_number(hand)`
}

/** What an error variable holds before the call. */
const UNTOUCHED = 99

const isReadable = (type: string): boolean => ARRAY.exec(type)?.[1] !== undefined || /^const u?int\w+ \*$/.test(type)

/** A number behind bytes that are read. */
function isLength(parameters: readonly Argument[], at: number): boolean {
  const before = parameters[at - 1]
  return before !== undefined && isReadable(before.type) && /len|size/.test(parameters[at]!.name)
}

/** The C constant of the greatest length that can be right, or 0 where the table says nothing. */
function limitOf(row: FunctionRow, name: string): string {
  if (!isSigned(row)) return '0'
  for (const parameter of row.parameters) {
    if (parameter.kind === 'data' && parameter.length === name) return parameter.limit
  }
  return '0'
}

const isSigned = (row: FunctionRow): row is SignatureRow => row.how === 'core' || row.how === 'absent'

/** The call, and what must be true of its answer. */
function answer(row: FunctionRow, { returns, parameters }: Prototype, call: string, makes: number): string {
  if (returns === 'void') return `${call};`
  const error = parameters.findIndex(({ type }) => /Err_\w+ \*$/.test(type))
  const lines = [`${returns}${returns.endsWith('*') ? '' : ' '}answer = ${call};`]
  if (isSigned(row) && row.how === 'absent') {
    lines.push(`if (answer != (${returns})${inC(row.failed!)}) wrong("succeeded, and is absent");`)
    if (error >= 0) lines.push(`if (a${error} != NULL && *(int *)a${error} == 0) wrong("says success, and is absent");`)
  } else if (isSigned(row) && error >= 0 && returns === '_Bool' && !QUESTIONS.test(row.name)) {
    // Without a word for NULL, the error stays as it was.
    lines.push(`if (a${error} != NULL && answer != (*(int *)a${error} == 0)) wrong("says yes and no");`)
  }
  if (returns === 'const char *') lines.push('read_text(answer);')
  else if (makes >= 0) lines.push(`keep_object(hand, ${makes}, answer);`)
  else lines.push('(void)answer;')
  return lines.join('\n  ')
}

/** The table writes C++. */
const inC = (text: string): string => text.replace(/static_cast<(\w+)>/, '($1)')

const MAIN = `enum { CALLERS = sizeof(callers) / sizeof(*callers), KINDS = ${KINDS.length}, TURN = 64 };

typedef struct Task {
  uint64_t seed;
  long calls;
  Tox *shared;
  Tox *friend;
  World *world;
} Task;

static void *play(void *argument) {
  const Task *task = argument;
  Hand *hand = calloc(1, sizeof(Hand));
  hand->dice = task->seed * 0x9E3779B97F4A7C15ull + 1;
  hand->scratch = malloc(SCRATCH);
  hand->system = tox_default_system();
  hand->testing.operating_system = &hand->system;
  hand->objects[0][0] = task->shared;
  playing = hand;
  for (int i = 0; i < 20; i++) roll(hand);
  for (long i = 0; i < task->calls; i++) {
    callers[roll(hand) % CALLERS](hand);
    __atomic_fetch_add(&task->world->now_ms, 1, __ATOMIC_SEQ_CST);
    if (i % TURN == 0) tox_iterate(task->friend, NULL);
  }
  hand->in = "the end";
  for (int i = 0; i < SLOTS; i++) {
    toxav_kill(hand->objects[1][i]);
    if (i > 0) tox_kill(hand->objects[0][i]);
    tox_options_free(hand->objects[2][i]);
    tox_events_free(hand->objects[3][i]);
    tox_dispatch_free(hand->objects[4][i]);
    tox_pass_key_free(hand->objects[5][i]);
    tox_iterate_options_free(hand->objects[6][i]);
  }
  free(hand->scratch);
  free(hand);
  playing = NULL;
  return NULL;
}

/** \`program SEED THREADS CALLS\` */
int main(int argc, char **argv) {
  enum { MOST = 8 };
  const uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
  const int threads = argc > 2 ? atoi(argv[2]) : 1;
  const long calls = argc > 3 ? atol(argv[3]) : 1000;
  alarm(DEADLINE_S);
  if (getenv("SANITIZED") == NULL) {
    const int deaths[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGTRAP, SIGALRM};
    for (size_t i = 0; i < sizeof(deaths) / sizeof(*deaths); i++) signal(deaths[i], tell_death);
  }
  for (size_t i = 0; i < sizeof(readable); i++) readable[i] = (uint8_t)(i * 31 + i / 251);
  World *world = new_world(1, NEW);
  Tox *shared = new_peer(world, 0);
  Tox *friend = new_peer(world, 1);
  befriend(world, shared, friend);
  pthread_t running[MOST];
  Task tasks[MOST];
  for (int i = 0; i < threads && i < MOST; i++) {
    tasks[i] = (Task){.seed = seed + (uint64_t)i * 1000, .calls = calls, .shared = shared, .friend = friend, .world = world};
    pthread_create(&running[i], NULL, play, &tasks[i]);
  }
  for (int i = 0; i < threads && i < MOST; i++) pthread_join(running[i], NULL);
  printf("friends to the end: %d\\n", tox_friend_get_connection_status(shared, 0, NULL) != TOX_CONNECTION_NONE);
  tox_kill(shared);
  tox_kill(friend);
  for (int kind = 0; kind < KINDS; kind++) printf("= made_%d %u\\n", kind, made[kind]);
  printf("came through: %d functions, wrong answers: %u\\n", CALLERS, wrongs);
  return 0;
}
`
