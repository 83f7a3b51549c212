// Mocha's own spec reporter, which also leaves its totals in the file that LANE_TOTALS names.

const { appendFileSync } = require('node:fs')
const { reporters } = require('mocha')

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats
      const totals = { passed: passes, failed: failures, skipped: pending }
      if (process.env.LANE_TOTALS) appendFileSync(process.env.LANE_TOTALS, `${JSON.stringify(totals)}\n`)
    })
  }
}
