// Loads TypeScript on Node 18, where tsx cannot see the named exports of a `.cts` file: `node --import` this file.
// Types are stripped file by file with the project's own compiler; `.cts` becomes a module with `require` and `__dirname`.

import { existsSync, readFileSync } from 'node:fs'
import { register } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import ts from 'typescript'

// Node runs the hooks on a thread of their own, where this file is loaded once more.
if (isMainThread) register(import.meta.url)

const SOURCES = { '.js': '.ts', '.cjs': '.cts' }

const COMMONJS_NAMES = `import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url)
const __filename = (await import('node:url')).fileURLToPath(import.meta.url)
const __dirname = (await import('node:path')).dirname(__filename)
`

/** `./x.js` means `./x.ts` where there is no such JavaScript, as tsc takes it. */
export async function resolve(specifier, context, next) {
  const ending = /\.c?js$/.exec(specifier)?.[0]
  if (ending !== undefined && (specifier.startsWith('.') || specifier.startsWith('file:'))) {
    const url = new URL(specifier, context.parentURL)
    const source = new URL(url.href.slice(0, -ending.length) + SOURCES[ending])
    if (!existsSync(fileURLToPath(url)) && existsSync(fileURLToPath(source))) {
      return { url: source.href, format: 'module', shortCircuit: true }
    }
  }
  return await next(specifier, context)
}

export async function load(url, context, next) {
  if (!/^file:.*\.c?ts$/.test(url)) return await next(url, context)
  const { outputText } = ts.transpileModule(readFileSync(fileURLToPath(url), 'utf8'), {
    fileName: fileURLToPath(url).replace(/\.cts$/, '.ts'),
    compilerOptions: { target: 'ES2022', module: 'ESNext', inlineSourceMap: true, inlineSources: true },
  })
  const source = url.endsWith('.cts') ? COMMONJS_NAMES + outputText : outputText
  return { format: 'module', source, shortCircuit: true }
}
