// Asks a router for ports by UPnP (Internet Gateway Device 1 and 2): a description in XML, then calls by SOAP. The router is
// whoever answered on the local network: what it says is read up to a bound, and only a few words of it.

import { request } from 'node:http'
import { Endpoint } from '../../base/index.js'
import { type Gateway, GatewayError, type MappedPort, type WantedPort } from './gateway.js'
import type { FoundRouter } from './ssdp.js'

const SERVICES = ['WANIPConnection:1', 'WANIPConnection:2', 'WANPPPConnection:1'].map(
  (name) => `urn:schemas-upnp-org:service:${name}`,
)
const ANSWER_MAX_BYTES = 64 * 1024
const ANSWER_MS = 5000
const DESCRIPTION = 'toxcore-ts'
/** Other outer ports that are tried when ours belongs to another machine already. */
const OTHER_PORTS = 4
const CONFLICTS = ['718', '729']
const ONLY_PERMANENT = '725'

interface Service {
  readonly type: string
  readonly control: URL
}

/** The router's own word for a refusal. */
class UpnpError extends GatewayError {
  constructor(
    readonly code: string,
    text: string,
  ) {
    super(`the router refuses (UPnP): ${code} ${text}`)
  }
}

export class UpnpGateway implements Gateway {
  readonly method = 'upnp'

  private constructor(
    private readonly service: Service,
    private readonly ownAddress: string,
  ) {}

  /** Reads a router's description. Rejects with GatewayError when it offers no ports. */
  static async open({ location, ownAddress }: FoundRouter): Promise<UpnpGateway> {
    const service = findService(await fetchText(location), location)
    if (service === undefined) throw new GatewayError(`${location.host} offers no port mapping (UPnP)`)
    return new UpnpGateway(service, ownAddress)
  }

  async map(wanted: WantedPort, lifetimeS: number, held?: MappedPort): Promise<MappedPort> {
    const address = Endpoint.parse(
      tagText(await this.#call('GetExternalIPAddress', []), 'NewExternalIPAddress') ?? '',
      0,
    )
    if (address === undefined) throw new GatewayError('the router has no network (UPnP)')
    const first = held?.external.port ?? wanted.port
    const others = Array.from({ length: OTHER_PORTS }, () => 49_152 + Math.floor(Math.random() * 16_384))
    let refusal: unknown
    for (const external of [first, ...others]) {
      try {
        const granted = await this.#add(wanted, external, lifetimeS)
        return { ...wanted, method: 'upnp', external: address.withPort(external), lifetimeS: granted }
      } catch (error) {
        if (!(error instanceof UpnpError) || !CONFLICTS.includes(error.code)) throw error
        refusal = error
      }
    }
    throw refusal
  }

  async unmap({ protocol, external }: MappedPort): Promise<void> {
    await this.#call('DeletePortMapping', [
      ['NewRemoteHost', ''],
      ['NewExternalPort', external.port],
      ['NewProtocol', protocol.toUpperCase()],
    ])
  }

  close(): void {}

  /** The lifetime that it was granted for: some routers know none. */
  async #add({ protocol, port }: WantedPort, externalPort: number, lifetimeS: number): Promise<number> {
    const ask = (lease: number): Promise<string> =>
      this.#call('AddPortMapping', [
        ['NewRemoteHost', ''],
        ['NewExternalPort', externalPort],
        ['NewProtocol', protocol.toUpperCase()],
        ['NewInternalPort', port],
        ['NewInternalClient', this.ownAddress],
        ['NewEnabled', 1],
        ['NewPortMappingDescription', DESCRIPTION],
        ['NewLeaseDuration', lease],
      ])
    try {
      await ask(lifetimeS)
      return lifetimeS
    } catch (error) {
      if (!(error instanceof UpnpError) || error.code !== ONLY_PERMANENT) throw error
      await ask(0)
      return 0
    }
  }

  #call(action: string, parameters: readonly (readonly [string, string | number])[]): Promise<string> {
    const { type, control } = this.service
    const body = [
      '<?xml version="1.0"?>',
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"',
      ' s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>',
      `<u:${action} xmlns:u="${type}">`,
      ...parameters.map(([name, value]) => `<${name}>${value}</${name}>`),
      `</u:${action}></s:Body></s:Envelope>`,
    ].join('')
    return fetchText(control, { body, action: `"${type}#${action}"` })
  }
}

/** The first service in a description that maps ports, called on the same host and port as it or on another port of it. */
export function findService(description: string, location: URL): Service | undefined {
  for (const part of description.split('<service>').slice(1)) {
    const type = tagText(part, 'serviceType')
    const path = tagText(part, 'controlURL')
    if (type === undefined || path === undefined || !SERVICES.includes(type)) continue
    try {
      const control = new URL(path, location)
      if (control.protocol === 'http:' && control.hostname === location.hostname) return { type, control }
    } catch {
      // Not a URL: perhaps the next one.
    }
  }
  return undefined
}

/** What stands between the first `<name>` and the `</name>` behind it. */
export function tagText(xml: string, name: string): string | undefined {
  const start = xml.indexOf(`<${name}>`)
  const end = start < 0 ? -1 : xml.indexOf(`</${name}>`, start)
  return end < 0 ? undefined : xml.slice(start + name.length + 2, end).trim()
}

/** Gets or posts a short text. Rejects with GatewayError, of a refused call with UpnpError. */
function fetchText(url: URL, call?: { body: string; action: string }): Promise<string> {
  const headers = call && {
    'Content-Type': 'text/xml; charset="utf-8"',
    'Content-Length': Buffer.byteLength(call.body),
    SOAPAction: call.action,
  }
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      reject(new GatewayError(`${url.host} (UPnP): ${why}`))
      asked.destroy()
    }
    const asked = request(url, { method: call ? 'POST' : 'GET', agent: false, ...(headers ? { headers } : {}) })
    const timer = setTimeout(() => fail('no answer in time'), ANSWER_MS)
    asked.on('close', () => clearTimeout(timer))
    asked.on('error', ({ message }) => fail(message))
    asked.on('response', (response) => {
      let text = ''
      response.setEncoding('latin1')
      response.on('data', (part: string) => {
        text += part
        if (text.length > ANSWER_MAX_BYTES) fail('the answer is too long')
      })
      response.on('error', ({ message }) => fail(message))
      response.on('end', () => {
        if (response.statusCode === 200) return resolve(text)
        const code = tagText(text, 'errorCode')
        if (code === undefined) return fail(`status ${response.statusCode}`)
        reject(new UpnpError(code.slice(0, 8), printable(tagText(text, 'errorDescription') ?? '')))
      })
    })
    asked.end(call?.body)
  })
}

/** Text of a stranger for a log. */
function printable(text: string): string {
  return text.slice(0, 80).replace(/[^\x20-\x7e]/g, '?')
}
