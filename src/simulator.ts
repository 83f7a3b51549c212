// The other door of the package: `import { World } from 'toxcore-ts/sim'`. doc/simulator.md shows the way around.
export { type SimulatedToxOptions, simulatedTox } from './api/simulated-tox.js'
export * from './sim/index.js'
