// A worker that joins the port, says that it is ready, and ends by a mistake.

import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

const { UdpSocket } = createRequire(import.meta.url)('../../../build/Release/toxcore_ts.node')
new UdpSocket().open(4, Uint8Array.of(127, 0, 0, 1), workerData.port, workerData.port, true)
parentPort.postMessage({ kind: 'ready' })
setTimeout(() => {
  throw new Error('a mistake')
}, 20)
