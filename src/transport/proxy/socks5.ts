// SOCKS5 (RFC 1928) with user name and password (RFC 1929): greeting, perhaps credentials, then the request to connect. Names
// travel as names, so that the proxy resolves them: nobody on our side of it hears where we go. Tor's own answers are known.

import { concatBytes, Endpoint, toUtf8 } from '../../base/index.js'
import type { DialFailureCode, StreamTarget } from '../stream.js'
import { failed, type ProxyServer, type ProxyStep, type ProxyTalk, talking } from './proxy.js'

const VERSION = 5
const AUTH_VERSION = 1
const CONNECT = 1
const RESERVED = 0
const NO_AUTH = 0
const USER_PASSWORD = 2
const NO_METHOD = 0xff
const IPV4 = 1
const NAME = 3
const IPV6 = 4
const PORT_BYTES = 2
/** A name's length is one byte. */
export const SOCKS5_NAME_BYTES_MAX = 255

/** What a proxy answers to the request (RFC 1928 section 6; from 0xf0 on: Tor's ExtendedErrors). */
const REPLIES: Readonly<Record<number, readonly [DialFailureCode, string]>> = {
  1: ['proxy-refused', 'reports a general failure'],
  2: ['proxy-refused', 'does not allow this connection'],
  3: ['unreachable', 'says that the network is unreachable'],
  4: ['unreachable', 'says that the host is unreachable'],
  5: ['refused', 'says that the connection was refused'],
  6: ['timeout', 'says that the connection took too long'],
  7: ['proxy-refused', 'does not know how to connect'],
  8: ['proxy-refused', 'does not know this kind of address'],
  240: ['not-resolved', 'does not find the onion service'],
  241: ['not-resolved', 'finds an onion service that makes no sense'],
  242: ['unreachable', 'was not introduced to the onion service'],
  243: ['unreachable', 'did not meet the onion service'],
  244: ['proxy-refused', 'lacks the key of the onion service'],
  245: ['proxy-refused', 'has a wrong key for the onion service'],
  246: ['not-resolved', 'says that this is no onion address'],
  247: ['timeout', 'waited too long for the onion service'],
}

export class Socks5Talk implements ProxyTalk {
  readonly opening: Uint8Array
  readonly #proxy: ProxyServer
  readonly #request: Uint8Array
  #state: 'method' | 'auth' | 'reply' = 'method'
  /** What came and is not understood yet: less than one answer, so at most 4 + 1 + 255 + 2 bytes. */
  #begun: Uint8Array = new Uint8Array(0)

  /** A host name must fit (`SOCKS5_NAME_BYTES_MAX`). */
  constructor(proxy: ProxyServer, target: StreamTarget) {
    this.#proxy = proxy
    this.#request = concatBytes(Uint8Array.of(VERSION, CONNECT, RESERVED), addressOf(target))
    const methods = proxy.user === undefined ? [NO_AUTH] : [NO_AUTH, USER_PASSWORD]
    this.opening = Uint8Array.of(VERSION, methods.length, ...methods)
  }

  receive(bytes: Uint8Array): ProxyStep {
    this.#begun = concatBytes(this.#begun, bytes)
    if (this.#state === 'method') return this.#onMethod()
    if (this.#state === 'auth') return this.#onAuth()
    return this.#onReply()
  }

  #onMethod(): ProxyStep {
    const [version, method] = this.#begun
    if (version !== undefined && version !== VERSION) return garbage()
    if (method === undefined) return talking()
    this.#begun = this.#begun.slice(2)
    const hasCredentials = this.#proxy.user !== undefined
    if (method === NO_METHOD) return failed('proxy-auth', hasCredentials ? NOT_WANTED : CREDENTIALS_WANTED)
    // Whatever we have not been asked to wait for is more than it may say.
    if (this.#begun.length > 0) return garbage()
    if (method === NO_AUTH) return this.#next('reply', this.#request)
    if (method === USER_PASSWORD && hasCredentials) return this.#next('auth', credentials(this.#proxy))
    return garbage()
  }

  #onAuth(): ProxyStep {
    const [version, status] = this.#begun
    if (version !== undefined && version !== AUTH_VERSION) return garbage()
    if (status === undefined) return talking()
    if (status !== 0) return failed('proxy-auth', 'does not accept this user name and password')
    this.#begun = this.#begun.slice(2)
    if (this.#begun.length > 0) return garbage()
    return this.#next('reply', this.#request)
  }

  #onReply(): ProxyStep {
    const [version, reply, , kind, nameBytes] = this.#begun
    if (version !== undefined && version !== VERSION) return garbage()
    if (reply === undefined) return talking()
    // Some send no address behind a refusal, so it is not waited for.
    if (reply !== 0) return failed(...(REPLIES[reply] ?? (['proxy-refused', `refuses with code ${reply}`] as const)))
    if (kind === undefined) return talking()
    if (kind === NAME && nameBytes === undefined) return talking()
    const addressBytes = kind === IPV4 ? 4 : kind === IPV6 ? 16 : kind === NAME ? 1 + nameBytes! : undefined
    if (addressBytes === undefined) return garbage()
    const end = 4 + addressBytes + PORT_BYTES
    if (this.#begun.length < end) return talking()
    return { state: 'through', rest: this.#begun.subarray(end) }
  }

  #next(state: 'auth' | 'reply', send: Uint8Array): ProxyStep {
    this.#state = state
    return talking(send)
  }
}

const NOT_WANTED = 'wants to know who we are in another way than by user name and password'
const CREDENTIALS_WANTED = 'wants a user name and password'

const garbage = (): ProxyStep => failed('proxy-garbage', 'does not speak SOCKS5')

function credentials({ user = '', password = '' }: ProxyServer): Uint8Array {
  const [userBytes, passwordBytes] = [toUtf8(user), toUtf8(password)]
  const lengths = [userBytes.length, passwordBytes.length].map((length) => Uint8Array.of(length))
  return concatBytes(Uint8Array.of(AUTH_VERSION), lengths[0]!, userBytes, lengths[1]!, passwordBytes)
}

function addressOf(target: StreamTarget): Uint8Array {
  const port = Uint8Array.of(target.port >> 8, target.port & 0xff)
  const numeric = target instanceof Endpoint ? target : Endpoint.parse(target.host, target.port)
  if (numeric !== undefined) {
    return concatBytes(Uint8Array.of(numeric.family === 4 ? IPV4 : IPV6), numeric.address, port)
  }
  const name = toUtf8((target as { host: string }).host)
  return concatBytes(Uint8Array.of(NAME, name.length), name, port)
}
