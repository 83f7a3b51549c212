// The package's front door: `import { Tox } from 'toxcore-ts'`.
export * from './api/index.js'
