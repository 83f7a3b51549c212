// Writes the generated sources of libtoxcore.so.2: `node --import tsx capi/generate/main.ts [folder]`.
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AREAS } from '../table/functions.js'
import { generateEvents } from './events.js'
import { exportsMap, functionsHeader } from './exports.js'
import { wrappers } from './wrappers.js'
import { writeIfChanged } from './write.js'

const DEFAULT_FOLDER = fileURLToPath(new URL('../../build/capi/generated/', import.meta.url))

export function generate(folder: string): void {
  writeIfChanged(join(folder, 'functions.h'), functionsHeader())
  writeIfChanged(join(folder, 'exports.map'), exportsMap())
  for (const area of AREAS) {
    const text = wrappers(area)
    if (text !== undefined) writeIfChanged(join(folder, `wrappers_${area.name}.cc`), text)
  }
  generateEvents(folder)
}

const script = process.argv[1]
if (script !== undefined && import.meta.url === pathToFileURL(script).href) {
  generate(process.argv[2] ?? DEFAULT_FOLDER)
}
