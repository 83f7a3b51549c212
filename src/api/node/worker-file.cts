// Where the program of a worker thread lies: beside this file, in both builds and among the sources. CommonJS everywhere, so that
// `__dirname` is known.

import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** A path for `new Worker`; undefined when the package was bundled without it. */
export const workerFile: string | undefined = ['worker-thread.js', 'worker-thread.ts']
  .map((name) => join(__dirname, name))
  .find((path) => existsSync(path))
