// Debian's proxies as child processes: microsocks (SOCKS5) and tinyproxy (HTTP CONNECT).

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { temporaryFolder } from './library.js'

export type ProxyName = 'microsocks' | 'tinyproxy'

const DEADLINE_MS = 10_000
const LOOK_MS = 20

export const isInstalled = (name: ProxyName | 'strace'): boolean => existsSync(`/usr/bin/${name}`)

/** Starts it on a port of 127.0.0.1 and resolves with what ends it; undefined where it is not installed. */
export function startProxy(name: ProxyName): ((port: number) => Promise<() => void>) | undefined {
  if (!isInstalled(name)) return undefined
  return async (port) => {
    const proxy = name === 'microsocks' ? startMicrosocks(port) : startTinyproxy(port)
    const stop = () => void proxy.kill()
    await untilListening(name, proxy, port).catch((error: unknown) => {
      stop()
      throw error
    })
    return stop
  }
}

/** Lets `use` happen while the proxy listens on a port of 127.0.0.1. */
export async function withProxy(name: ProxyName, port: number, use: () => Promise<void>): Promise<void> {
  const stop = await startProxy(name)!(port)
  try {
    await use()
  } finally {
    stop()
  }
}

function startMicrosocks(port: number): ChildProcess {
  return spawn('microsocks', ['-i', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
}

function startTinyproxy(port: number): ChildProcess {
  const file = join(temporaryFolder(), 'tinyproxy.conf')
  writeFileSync(file, `Port ${port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\nLogLevel Critical\n`)
  return spawn('tinyproxy', ['-d', '-c', file], { stdio: 'ignore' })
}

async function untilListening(name: ProxyName, proxy: ChildProcess, port: number): Promise<void> {
  for (const endMs = performance.now() + DEADLINE_MS; performance.now() < endMs; ) {
    if (proxy.exitCode !== null) throw new Error(`${name} ended with exit code ${proxy.exitCode}`)
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await delay(LOOK_MS)
    } finally {
      socket.destroy()
    }
  }
  throw new Error(`${name} does not listen`)
}
