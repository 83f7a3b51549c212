// Bundles the core of the C library into one CommonJS script: build/capi/generated/core.js. It may reach nothing but Node's
// own modules, and of those as few as possible, because every one costs time at the first tox_new.
// By hand: node capi/core/bundle.mjs [target]

import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const HERE = dirname(fileURLToPath(import.meta.url))
const ROOT = resolve(HERE, '../..')
export const BUNDLE = join(ROOT, 'build/capi/generated/core.js')

// esbuild comes with tsx, wherever npm has put it.
const esbuild = createRequire(createRequire(import.meta.url).resolve('tsx'))('esbuild')

/** What stands in for a module of src/ that the library does not have. */
const TWINS = new Map([[join(ROOT, 'src/addon/candidates.ts'), join(HERE, 'linked-candidates.ts')]])
/** Most of the table describes what the core never hears of: its rows are worked out here. */
const TABLE = join(ROOT, 'capi/table/functions.ts')

/** Our modules do nothing when loaded: what nobody uses (other crypto backends, files of the package) is left out. */
const ours = {
  name: 'ours',
  setup(build) {
    build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const file = join(resolveDir, path.replace(/\.js$/, '.ts').replace(/\.cjs$/, '.cts'))
      return { path: TWINS.get(file) ?? file, sideEffects: false }
    })
    // The environment's `require` is Node's internal one, which knows modules by their bare names.
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({
      path: path.slice('node:'.length),
      external: true,
      sideEffects: false,
    }))
  },
}

const rowsOnly = {
  name: 'rows only',
  setup(build) {
    build.onLoad({ filter: /[\\/]capi[\\/]table[\\/]functions\.ts$/ }, async () => ({
      contents: `export const CORE_FUNCTIONS = ${JSON.stringify(await coreRows())}`,
    }))
  },
}

async function coreRows() {
  const { outputFiles } = await esbuild.build({
    entryPoints: [TABLE],
    bundle: true,
    write: false,
    format: 'esm',
    plugins: [ours],
  })
  const table = Buffer.from(outputFiles[0].contents).toString('base64')
  const { CORE_FUNCTIONS } = await import(`data:text/javascript;base64,${table}`)
  return CORE_FUNCTIONS
}

/** Writes the script to `target` and returns the names of the files within, with how many bytes of each are in it. */
export async function bundleCore(target = BUNDLE) {
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: [join(HERE, 'main.ts')],
    inject: [join(HERE, 'globals.ts')],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node18.20',
    charset: 'ascii',
    // Whitespace only: names stay, so that stacks in a user's log can be read.
    minifyWhitespace: true,
    legalComments: 'none',
    plugins: [ours, rowsOnly],
  })
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, outputFiles[0].contents)
  const [{ inputs }] = Object.values(metafile.outputs)
  return Object.fromEntries(Object.entries(inputs).map(([file, { bytesInOutput }]) => [file, bytesInOutput]))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await bundleCore(process.argv[2] === undefined ? undefined : resolve(process.argv[2]))
}
