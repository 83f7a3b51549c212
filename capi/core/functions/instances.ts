// Birth, steps and death of instances, and how they enter the network. These are no C names: the library's hand-written half
// calls them for tox_new, tox_iterate, tox_bootstrap, ….

import { Endpoint, fail, ok, type Result } from '../../../src/base/index.js'
import type { DhtPublicKey } from '../../../src/crypto/index.js'
import type { ProxyServer } from '../../../src/transport/proxy/index.js'
import type { StreamTarget } from '../../../src/transport/stream.js'
import type { Core } from '../core.js'
import type { CoreInstance, NewError } from '../instance.js'
import type { FoundProxy } from '../tcp/instance-tcp.js'

export function instanceFunctions(core: Core) {
  return {
    core_new(
      ipv6: boolean,
      udp: boolean,
      localDiscovery: boolean,
      announcements: boolean,
      holePunching: boolean,
      startPort: number,
      endPort: number,
      tcpPort: number,
      proxyType: number,
      proxyAddresses: Uint8Array,
      proxyPort: number,
      _groupsPersistence: boolean,
      savedataType: number,
      savedata: Uint8Array,
    ): Result<number, NewError> {
      try {
        const network = { ipv6, udp, startPort, endPort, tcpPort, announcements, holePunching, localDiscovery }
        const proxy = proxyOf(proxyType, proxyAddresses, proxyPort)
        return core.open({ ...network, proxy, savedataType, savedata })
      } finally {
        // It stands in the block that the next calls share, and it holds a secret key.
        savedata.fill(0)
      }
    },

    core_kill: (tox: CoreInstance): undefined => void core.kill(tox),

    core_iterate: (tox: CoreInstance): Uint8Array => tox.iterate(),

    core_iteration_interval: (tox: CoreInstance): number => tox.iterationIntervalMs(),

    core_set_log(tox: CoreInstance, minimum: number): undefined {
      tox.log.minimum = minimum
    },

    /** Instance 0 asks for what was said about those that could not be made. */
    core_take_logs: (tox: CoreInstance | undefined): Uint8Array => (tox?.log ?? core.log).take(),

    core_bootstrap(
      tox: CoreInstance,
      addresses: Uint8Array,
      port: number,
      publicKey: Uint8Array,
    ): Result<undefined, 'bad-host'> {
      const hasUdp = tox.udpPort !== undefined
      const endpoints = endpointsOf(addresses, port)
      // Without UDP it still is a hop for onion packets that relays pass on.
      const useful = hasUdp ? endpoints.filter((endpoint) => tox.canReach(endpoint)) : endpoints
      for (const endpoint of useful) tox.engine.bootstrap(endpoint, publicKey.slice() as DhtPublicKey)
      tox.pace.search(tox.clock.now())
      return useful.length > 0 ? ok(undefined) : fail('bad-host')
    },

    core_add_tcp_relay(
      tox: CoreInstance,
      addresses: Uint8Array,
      port: number,
      publicKey: Uint8Array,
    ): Result<undefined, 'bad-host'> {
      const targets = targetsOf(addresses, port)
      for (const target of targets) tox.engine.addRelay(target, publicKey.slice() as DhtPublicKey)
      tox.pace.search(tox.clock.now())
      return targets.length > 0 ? ok(undefined) : fail('bad-host')
    },

    core_dht_send_nodes_request(
      tox: CoreInstance,
      addresses: Uint8Array,
      port: number,
      publicKey: Uint8Array,
      target: Uint8Array,
    ): Result<undefined, 'udp-disabled' | 'bad-port' | 'bad-ip' | 'fail'> {
      if (tox.udpPort === undefined) return fail('udp-disabled')
      if (port === 0) return fail('bad-port')
      const endpoints = endpointsOf(addresses, port)
      if (endpoints.length === 0) return fail('bad-ip')
      let isAsked = false
      for (const endpoint of endpoints) {
        const node = { endpoint, publicKey: publicKey.slice() as DhtPublicKey }
        if (tox.canReach(endpoint) && tox.engine.dht.requestNodes(node, target.slice() as DhtPublicKey)) isAsked = true
      }
      return isAsked ? ok(undefined) : fail('fail')
    },
  }
}

/** In the order of Tox_Proxy_Type. */
const PROXY_TYPES: readonly (ProxyServer['type'] | undefined)[] = [undefined, 'http', 'socks5']

function proxyOf(type: number, addresses: Uint8Array, port: number): FoundProxy | undefined {
  const kind = PROXY_TYPES[type]
  const [endpoint] = endpointsOf(addresses, port)
  if (kind === undefined || endpoint === undefined) return undefined
  return { server: { type: kind, host: endpoint.ip, port }, endpoint }
}

/** What stands in the place of a family before a name, which ends the list: a proxy is to resolve it. */
const NAME = 0

function targetsOf(addresses: Uint8Array, port: number): readonly StreamTarget[] {
  if (addresses[0] !== NAME) return endpointsOf(addresses, port)
  return [{ host: String.fromCharCode(...addresses.subarray(1)), port }]
}

/** Records of one byte family (4 or 6) and the address in network order; what cannot be one ends the list. */
function endpointsOf(addresses: Uint8Array, port: number): Endpoint[] {
  const endpoints: Endpoint[] = []
  for (let at = 0; at < addresses.length; ) {
    const size = addresses[at] === 4 ? 4 : 16
    const address = addresses.subarray(at + 1, at + 1 + size)
    if ((addresses[at] !== 4 && addresses[at] !== 6) || address.length < size) break
    endpoints.push(Endpoint.of(address, port))
    at += 1 + size
  }
  return endpoints.filter((endpoint) => endpoint.isSendable)
}
