// Randomness of the operating system for the engine.

import { randomFillSync } from 'node:crypto'
import { PooledRandom } from './pooled-random.js'

export class HostRandom extends PooledRandom {
  constructor() {
    super((target) => randomFillSync(target))
  }
}
