// Makes one script of a program of the tests, because it starts in a third of the time that its sources take.

import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = dirname(fileURLToPath(import.meta.url))

interface EsbuildPlugin {
  onResolve(filter: object, to: (at: { path: string; resolveDir: string }) => object): void
}

/** The path of the script, in the package's folder so that it finds the addon. `source` stands beside this file. */
export async function bundle(source: string): Promise<string> {
  const target = resolve(HERE, `../../build/bundles/${source}.${process.pid}.cjs`)
  mkdirSync(dirname(target), { recursive: true })
  const { build } = createRequire(createRequire(import.meta.url).resolve('tsx'))('esbuild')
  const sources = {
    name: 'sources',
    setup({ onResolve }: EsbuildPlugin) {
      onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => ({
        path: join(resolveDir, path.replace(/\.js$/, '.ts').replace(/\.cjs$/, '.cts')),
      }))
    },
  }
  await build({
    entryPoints: [join(HERE, source)],
    outfile: target,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    plugins: [sources],
    logLevel: 'error',
  })
  return target
}
