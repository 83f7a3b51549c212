// Mocha's own spec reporter, which also leaves its figures in the file that LANE_TOTALS names, one JSON a line: every
// failure as it happens, so that a run that is killed has told of them, and the totals at the end.

const { appendFileSync } = require('node:fs')
const { reporters } = require('mocha')

/** Enough to see what and where; the whole of it stands in the lane's own output. */
const MESSAGE_LINES = 40
const STACK_LINES = 8

const leave = (record) => {
  if (process.env.LANE_TOTALS) appendFileSync(process.env.LANE_TOTALS, `${JSON.stringify(record)}\n`)
}

/** The error's message, which may have lines of its own, and the first lines of its stack. */
function tell(error) {
  const message = (error?.message ?? String(error)).split('\n')
  const frames = (error?.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return [...message.slice(0, MESSAGE_LINES), ...frames.slice(0, STACK_LINES)].join('\n')
}

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    runner.on('fail', (test, error) => leave({ failure: { title: test.fullTitle(), text: tell(error) } }))
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats
      leave({ totals: { passed: passes, failed: failures, skipped: pending } })
    })
  }
}
