// The worker's program out of the sources: hooks for TypeScript are not handed down to threads.

import { register } from 'tsx/esm/api'

register()
await import('../../../src/api/node/worker-thread.ts')
