// How long a fresh client takes until it is connected through one node: bootstrap-ours.mjs NODE_PORT NODE_KEY TIMES prints
// `bootstrapped MILLISECONDS …`, one for each of so many clients, one after another.

import { createPeer, whenConnected } from './ours.mjs'

/** A client that takes longer counts as this. */
const LIMIT_MS = 10_000

const [port, key, times] = process.argv.slice(2)
const taken = []
for (let n = 0; n < Number(times); n++) {
  const tox = await createPeer(0, Number(port), key, () => {})
  const begunMs = performance.now()
  let timer
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, LIMIT_MS)
  })
  await Promise.race([whenConnected(tox), late])
  clearTimeout(timer)
  taken.push((performance.now() - begunMs).toFixed(1))
  await tox.close()
}
console.log(`bootstrapped ${taken.join(' ')}`)
