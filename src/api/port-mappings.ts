// The ports of an instance at the router of its home, as users see them.

import type { Logger, LogLevel } from '../base/index.js'
import type { PortMappingMethod, PortProtocol, WantedPort } from '../host/port-mapping/gateway.js'
import { PortMapper, type PortMapperOptions, type PortMappingState } from '../host/port-mapping/port-mapper.js'

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

/** Begins to ask for the ports; what comes of it is told, and logged. `routers` is for tests. */
export function openPortMappings(
  ports: readonly WantedPort[],
  log: Logger,
  onChange: (mapping: PortMapping) => void,
  routers?: PortMapperOptions['routers'],
): PortMapper {
  const tell = (level: LogLevel, { protocol, port }: WantedPort, text: string): void =>
    log.log(level, 'port mapping', `${protocol} ${port}: ${text}`)
  const mapper = new PortMapper({
    ports,
    onChange: (state) => {
      const { wanted, mapped } = state
      if (mapped === undefined) tell('warn', wanted, state.failure)
      else tell('info', wanted, `is ${mapped.external} outside (${mapped.method})`)
      if (mapped?.external.isLan) tell('warn', wanted, 'that is behind another router: the internet does not reach it')
      onChange(portMapping(state))
    },
    onRelease: (wanted, failure) => {
      if (failure === undefined) tell('info', wanted, 'given back')
      else tell('warn', wanted, `not given back, it runs out by itself: ${failure}`)
    },
    ...(routers === undefined ? {} : { routers }),
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
