// UDP sockets whose descriptors die under them: noticed within a second, opened again on the same port, never a busy loop.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, fstatSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDgramUdp } from '../../src/host/dgram-udp.js'
import { LastingUdpSocket } from '../../src/host/lasting-udp.js'
import { nativeUdpMissing, openNativeUdp } from '../../src/host/native-udp.js'
import { UdpError, type UdpSocket, type UdpSocketOptions } from '../../src/host/udp-socket.js'
import { until } from '../support/until.js'

const LOOK_MS = 1_000
const WHERE = { family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 } as const

type Open = (options: UdpSocketOptions) => Promise<UdpSocket>
const twins: { name: string; missing: string | undefined; open: Open }[] = [
  { name: 'native', missing: nativeUdpMissing(), open: async (options) => openNativeUdp(options) },
  { name: 'dgram', missing: undefined, open: openDgramUdp },
]

/** A lasting socket, its clock, and what it told. */
class Scene {
  nowMs = 0
  wakes = 0
  readonly heard: number[] = []
  readonly told: string[] = []
  /** All that were opened, the one that stands last. */
  readonly inner: UdpSocket[] = []
  /** What opening fails with. */
  obstacle: UdpError | undefined
  socket!: LastingUdpSocket

  static async open(open: Open, options: UdpSocketOptions = WHERE): Promise<Scene> {
    const scene = new Scene()
    const opener: Open = async (wanted) => {
      if (scene.obstacle !== undefined) throw scene.obstacle
      const one = await open(wanted)
      scene.inner.push(one)
      return one
    }
    scene.socket = await LastingUdpSocket.open(options, { open: opener, now: () => scene.nowMs })
    scene.socket.onChange = ({ level, text, isBack }) => scene.told.push(`${level}${isBack ? ' back' : ''}: ${text}`)
    scene.socket.watch(() => {
      scene.wakes++
      scene.receive()
    })
    return scene
  }

  receive(): void {
    while (this.socket.receive((_, packet) => this.heard.push(packet[0]!))) {}
  }

  /** A second later, in a turn that comes anyway. */
  look(): void {
    this.nowMs += LOOK_MS
    this.receive()
  }

  /** Sends itself a packet, which arrives. */
  async talk(word: number): Promise<void> {
    this.say(word)
    await until(() => this.heard.includes(word), 'the packet arrives')
  }

  say(word: number): void {
    this.socket.sender.send(this.socket.local, Uint8Array.of(word))
    this.socket.flush()
  }

  async seeBack(): Promise<void> {
    await until(() => this.told.at(-1)?.startsWith('info back') === true, 'it is back')
  }
}

const scenes: Scene[] = []
async function openScene(...args: Parameters<typeof Scene.open>): Promise<Scene> {
  const scene = await Scene.open(...args)
  scenes.push(scene)
  return scene
}
afterEach(() => {
  for (const { socket } of scenes.splice(0)) socket.close()
})

for (const { name, missing, open } of twins) {
  describe(`a lasting UDP socket: ${name}`, () => {
    before(function () {
      const why = process.platform === 'linux' ? missing : 'Linux alone'
      if (why === undefined) return
      this.test!.title += ` (${why})`
      this.skip()
    })

    for (const how of ['shutDown', 'replace'] as const) {
      it(`is there again on its port after its descriptor was broken: ${how}`, async () => {
        const { udpDescriptor, [how]: kill } = await import('../support/descriptors.js')
        const scene = await openScene(open)
        const { localPort } = scene.socket
        await scene.talk(1)
        scene.look()
        assert.deepEqual(scene.told, [])

        kill(udpDescriptor(localPort))
        scene.say(2)
        await until(() => !scene.socket.isSound, 'it notices')
        scene.look()
        assert.match(scene.told.join(), /^warn: the UDP socket at 127\.0\.0\.1:\d+ died/)
        await scene.seeBack()
        assert.equal(scene.socket.localPort, localPort)
        assert.equal(scene.inner.length, 2)
        const { wakes } = scene
        await sleep(20)
        assert.ok(scene.wakes - wakes < 3, 'nobody is woken for the dead one')
        await scene.talk(3)
        scene.look()
        assert.equal(scene.told.length, 2)
      })
    }

    it('is there again on its port when the system took that', async function () {
      const scene = await openScene(open)
      const { localPort } = scene.socket
      const kill = ['--kill', '--udp', '--all', 'sport', '=', `:${localPort}`]
      spawnSync('ss', kill)
      if (scene.socket.isSound) {
        this.test!.title += ' (ss --kill is not to be had)'
        return this.skip()
      }
      scene.look()
      await scene.seeBack()
      assert.equal(scene.socket.localPort, localPort)
      await scene.talk(1)
    })
  })
}

describe('a lasting UDP socket', () => {
  const lost = async (options?: UdpSocketOptions): Promise<Scene> => {
    const scene = await openScene(openDgramUdp, options)
    scene.inner[0]!.close()
    return scene
  }

  it('is opened again ever more slowly while that fails, and sends nothing meanwhile', async () => {
    const scene = await lost()
    scene.obstacle = new UdpError('system', 'no more descriptors')
    const triedMs: number[] = []
    for (let second = 0; second < 200; second++) {
      const before = scene.told.length
      scene.look()
      await sleep(0)
      if (scene.told.slice(before).some((text) => text.includes('no more'))) triedMs.push(scene.nowMs)
      scene.say(9)
    }
    const gaps = triedMs.slice(1).map((ms, i) => ms - triedMs[i]!)
    assert.deepEqual(gaps, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
    assert.match(scene.told[1]!, /^warn: no more descriptors: trying again in 1 s$/)
    scene.obstacle = undefined
    for (let second = 0; second < 60; second++) scene.look()
    await scene.seeBack()
    await scene.talk(1)
    assert.ok(!scene.heard.includes(9))
  })

  it('takes another port of its range where its own is taken', async () => {
    const scene = await openScene(openDgramUdp, { ...WHERE, firstPort: 41_345, lastPort: 41_399 })
    const { localPort } = scene.socket
    scene.inner[0]!.close()
    const thief = await openDgramUdp({ ...WHERE, firstPort: localPort, lastPort: localPort })
    scene.look()
    await scene.seeBack()
    thief.close()
    assert.ok(scene.socket.localPort > localPort && scene.socket.localPort <= 41_399)
    await scene.talk(1)
  })

  it('that is closed stays so, though another one is being opened', async () => {
    const scene = await lost()
    scene.look()
    scene.socket.close()
    await until(() => scene.inner.length === 2, 'the other one is open')
    await sleep(0)
    assert.equal(scene.inner[1]!.isSound, false)
    for (let second = 0; second < 5; second++) scene.look()
    assert.equal(scene.inner.length, 2)
  })

  it('whose port is shared is not opened again, which is said once', async function () {
    if (nativeUdpMissing() !== undefined) return this.skip()
    const scene = await openScene(async (options) => openNativeUdp(options))
    scene.socket.sharing!.letJoin()
    scene.inner[0]!.close()
    for (let second = 0; second < 5; second++) scene.look()
    await sleep(0)
    assert.equal(scene.inner.length, 1)
    assert.match(scene.told.join(), /^error: the UDP socket at 127\.0\.0\.1:\d+ died, and cannot be opened anew[^,]*$/)
  })

  it('leaves a descriptor alone that has become somebody else’s', async function () {
    if (nativeUdpMissing() !== undefined) return this.skip()
    const { replace, udpDescriptor } = await import('../support/descriptors.js')
    const socket = openNativeUdp(WHERE)
    const fd = udpDescriptor(socket.localPort)
    replace(fd)
    assert.equal(socket.isSound, false)
    socket.close()
    assert.ok(fstatSync(fd).isCharacterDevice())
    closeSync(fd)
  })
})
