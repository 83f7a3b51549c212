// The ports of an instance at the router of its home, as users see them.

import type { Logger } from '../base/index.js'
import type { PortMappingMethod, PortProtocol, WantedPort } from '../host/port-mapping/gateway.js'
import { PortMapper, type PortMappingState } from '../host/port-mapping/port-mapper.js'

/** A port that others are to reach through the router, and what has become of it. */
export interface PortMapping {
  readonly protocol: PortProtocol
  readonly port: number
  /** Where others reach it; undefined while it is not mapped. */
  readonly external?: { readonly host: string; readonly port: number }
  /** How the router was asked. */
  readonly method?: PortMappingMethod
  /** Why it is not mapped. It is tried again. */
  readonly failure?: string
}

/** Begins to ask for the ports; what comes of it is told, and logged. */
export function openPortMappings(
  ports: readonly WantedPort[],
  log: Logger,
  onChange: (mapping: PortMapping) => void,
): PortMapper {
  const mapper = new PortMapper({
    ports,
    onChange: (state) => {
      const mapping = portMapping(state)
      const { protocol, port, external, method, failure } = mapping
      const outcome = external === undefined ? failure : `is ${external.host}:${external.port} outside (${method})`
      log.log('info', 'port mapping', `${protocol} ${port}: ${outcome}`)
      onChange(mapping)
    },
  })
  mapper.start()
  return mapper
}

export function portMapping(state: PortMappingState): PortMapping {
  const { protocol, port } = state.wanted
  if (state.mapped === undefined) return { protocol, port, failure: state.failure }
  const { external, method } = state.mapped
  return { protocol, port, external: { host: external.ip, port: external.port }, method }
}
