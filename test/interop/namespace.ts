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
 * where it can and lets in whom an inner host has spoken to (port-restricted); with a random port for each pair of ends it is
 * symmetric; forwarding all that is new to the host `inner` makes it a full cone for that one.
 */
export function makeRouter(router: Namespace, kind: RealNat, inner: string): void {
  router.set('net/ipv4/ip_forward', 1)
  router.nft(`
table ip nat {
  chain before {
    type nat hook prerouting priority dstnat
    ${kind === 'full-cone' ? `iifname "wan" meta l4proto udp dnat to ${inner}` : ''}
  }
  chain after {
    type nat hook postrouting priority srcnat
    oifname "wan" masquerade ${kind === 'symmetric' ? 'fully-random' : ''}
  }
}
table ip filter {
  set cameIn {
    type ipv4_addr
    size 256
    flags dynamic
  }
  chain input {
    type filter hook input priority filter
    # A router that answered strangers would take their port from the host inside that speaks to them next.
    iifname "wan" drop
  }
  chain forward {
    type filter hook forward priority filter
    iifname "wan" meta l4proto udp update @cameIn { ip saddr counter }
  }
}
`)
}

/** UDP packets that a router has let in from this address: what friends have sent straight to each other. */
export function cameIn(router: Namespace, from: string): number {
  const list = router.run('nft', ['list', 'set', 'ip', 'filter', 'cameIn'])
  return Number(new RegExp(`${from.replaceAll('.', '\\.')} counter packets (\\d+)`).exec(list)?.[1] ?? 0)
}

/** Where the nodes of an internet are. Routers map no ports at addresses for documentation: these are of the network for tests in 44/8. */
export const NODES_ADDRESS = '44.128.0.1'

/** A switch with public addresses; nodes live on it. */
export async function makeInternet(): Promise<Namespace> {
  const internet = await Namespace.create('internet')
  internet.ip(`link add br0 type bridge\nlink set br0 up\naddr add ${NODES_ADDRESS}/24 dev br0`)
  return internet
}

/** A home on an internet: a router, `n` from 1 to 200 in its address, and a machine behind it. */
export async function makeHome(
  internet: Namespace,
  n: number,
  kind: RealNat,
): Promise<{ router: Namespace; machine: Namespace; address: string }> {
  const router = await Namespace.create(`router ${n}`)
  const machine = await Namespace.create(`machine ${n}`)
  const address = `44.128.0.${10 + n}`
  cable(router, 'wan', internet, `home${n}`)
  cable(machine, 'eth0', router, 'lan')
  internet.ip(`link set home${n} master br0`)
  router.ip(`addr add ${address}/24 dev wan\naddr add 192.168.1.1/24 dev lan`)
  machine.ip('addr add 192.168.1.2/24 broadcast + dev eth0\nroute add default via 192.168.1.1')
  makeRouter(router, kind, '192.168.1.2')
  return { router, machine, address }
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
