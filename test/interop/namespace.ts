// Networks of several machines in one: network namespaces inside that of the test, joined by virtual cables and switches, with
// routers that translate addresses by nftables. All of it is gone when the processes that hold the namespaces end.

import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type Child, startChild } from './child.js'

/** Where Debian keeps ip and nft, which are not on every user's path. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }

/** A network namespace with loopback up, and nothing else at first. */
export class Namespace {
  private constructor(
    readonly name: string,
    private readonly holder: Child,
  ) {}

  /** Fails where this user may make none. */
  static async create(name: string): Promise<Namespace> {
    let onReady: () => void = () => {}
    const up = new Promise<void>((resolve) => {
      onReady = resolve
    })
    // Ends with the test, which holds the other end of its standard input.
    const script = 'ip link set lo up && echo up && exec cat'
    const holder = startChild('unshare', ['-n', 'sh', '-c', `PATH=${env.PATH}; ${script}`], () => onReady())
    await Promise.race([up, once(holder.process, 'close')])
    if (!holder.running) throw new Error(`no network namespace: ${holder.stderr.trim()}`)
    return new Namespace(name, holder)
  }

  get path(): string {
    return `/proc/${this.holder.process.pid}/ns/net`
  }

  /** Commands of ip(8), one a line, here. */
  ip(commands: string): void {
    this.run('ip', ['-batch', '-'], commands)
  }

  /** Rules of nft(8), added here. */
  nft(rules: string): void {
    this.run('nft', ['-f', '-'], rules)
  }

  /** A setting of the kernel, below /proc/sys. */
  set(name: string, value: string | number): void {
    this.run('sh', ['-c', `echo ${value} > /proc/sys/${name}`])
  }

  /** Runs a command here to its end; its output. Fails when it fails. */
  run(command: string, args: readonly string[], input = ''): string {
    const wrapped = commandWithin(this, command, args)
    const result: SpawnSyncReturns<string> = spawnSync(wrapped.command, wrapped.args, { input, encoding: 'utf8', env })
    if (result.status === 0) return result.stdout
    throw new Error(`${this.name}: ${command} ${args.join(' ')}: ${result.stderr || result.error?.message}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.holder.killHard()
  }
}

/** The command that runs in a namespace, or as it is without one. */
export function commandWithin(
  within: Namespace | undefined,
  command: string,
  args: readonly string[],
): { command: string; args: string[] } {
  if (within === undefined) return { command, args: [...args] }
  return { command: 'nsenter', args: [`--net=${within.path}`, command, ...args] }
}

/** A cable between two machines: an interface with the given name at each end, up and without addresses. */
export function cable(a: Namespace, nameAtA: string, b: Namespace, nameAtB: string): void {
  a.ip(`link add name ${nameAtA} type veth peer name ${nameAtB} netns ${b.path}\nlink set ${nameAtA} up`)
  b.ip(`link set ${nameAtB} up`)
}

/** How a router translates addresses, in the simulator's words. */
export type RealNat = 'full-cone' | 'port-restricted' | 'symmetric'

/**
 * Makes a router of a machine with the interfaces `wan` and `lan`: one outer address for all inside. Linux keeps an inner port
 * where it can and lets in whom an inner host has spoken to (port-restricted); with random ports for each new pair of ends it is
 * symmetric; forwarding all that is new to one inner host makes it a full cone for that host.
 */
export function makeRouter(router: Namespace, kind: RealNat, inner: string): void {
  router.set('net/ipv4/ip_forward', 1)
  const forward = kind === 'full-cone' ? `iifname "wan" meta l4proto udp dnat to ${inner}` : ''
  router.nft(`
table ip nat {
  chain before { type nat hook prerouting priority dstnat
    ${forward}
  }
  chain after { type nat hook postrouting priority srcnat
    oifname "wan" masquerade ${kind === 'symmetric' ? 'fully-random' : ''}
  }
}
table ip filter {
  chain input { type filter hook input priority filter
    iifname "wan" drop
  }
}
`)
}

/** Why there can be no such networks here, or undefined. */
export async function namespaceObstacle({ nat = false } = {}): Promise<string | undefined> {
  try {
    await using one = await Namespace.create('trial')
    await using other = await Namespace.create('trial 2')
    cable(one, 'wan', other, 'eth0')
    if (nat) makeRouter(one, 'symmetric', '192.168.1.2')
    return undefined
  } catch (error) {
    return `no network namespaces${nat ? ' with NAT' : ''} here: ${(error as Error).message.split('\n')[0]}`
  }
}
