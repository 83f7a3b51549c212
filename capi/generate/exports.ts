// The header that numbers the core's functions, and the list of names that the library exports.
import { CORE_FUNCTIONS, EXPORTS } from '../table/functions.js'

const GENERATED = 'Generated from capi/table by capi/generate; do not edit.'

export function functionsHeader(): string {
  const members = CORE_FUNCTIONS.map((row, number) => `  ${row.name} = ${number},`)
  return `// The functions of the core, by their numbers. ${GENERATED}
#ifndef TOXCORE_TS_FUNCTIONS_H
#define TOXCORE_TS_FUNCTIONS_H

#include <cstdint>

enum class Function : uint32_t {
${members.join('\n')}
};

#endif
`
}

/** A version script for the linker: these names and no others, without versions, as c-toxcore has them. */
export function exportsMap(): string {
  const names = EXPORTS.map((row) => `    ${row.name};`).sort()
  return `# ${GENERATED}
{
  global:
${names.join('\n')}
  local:
    *;
};
`
}
