// node --check, as a monitor uses it.

import assert from 'node:assert/strict'
import { BootstrapNodeServer } from '../../src/index.js'
import { DEADLINE_MS, run } from './process.js'

describe('toxcore-ts node --check', function () {
  this.timeout(4 * DEADLINE_MS)

  it('tells what answers, and says so by its exit code', async () => {
    await using node = await BootstrapNodeServer.create({ port: 0, tcpPorts: [0], motd: 'good day' })
    const [tcpPort] = node.tcpPorts
    const ask = (...more: string[]) => run('node', '--check', '--bootstrap', node.asBootstrapNode(), ...more)
    const well = await ask('--tcp-port', String(tcpPort), '--timeout', '45')
    assert.equal(well.stderr, '')
    assert.match(
      well.stdout,
      new RegExp(
        `UDP +[\\d.]+ ms\\n +TCP ${tcpPort} +[\\d.]+ ms\\n +version +\\d+ \\(toxcore-ts [\\d.]+\\)\\n +motd +good day\\n$`,
      ),
    )
    assert.equal(well.code, 0)
    const half = await ask('--tcp-port', '1', '--timeout', '10')
    assert.match(half.stdout, /TCP 1 +no answer/)
    assert.equal(half.code, 1)
    const json = await ask('--tcp-port', '1', '--timeout', '10', '--json')
    const { udpMs, version, ...rest } = JSON.parse(json.stdout) as Record<string, unknown>
    assert.deepEqual(rest, { node: node.asBootstrapNode(), isWell: false, motd: 'good day', tcp: [{ port: 1 }] })
    assert.deepEqual([typeof udpMs, typeof version, json.code], ['number', 'number', 1])
  })

  it('needs a node, and ports that are ports', async () => {
    const none = await run('node', '--check')
    assert.deepEqual([none.code, none.stdout], [2, ''])
    assert.match(none.stderr, /--check needs a node/)
    const odd = await run('node', '--tcp-port', '70000')
    assert.deepEqual([odd.code, odd.stdout], [2, ''])
    assert.match(odd.stderr, /'70000' is not a port/)
  })
})
