// Metrics and health of a node by HTTP. On loopback unless told otherwise, which a web page that a browser shows can reach too:
// so nothing but two pages is answered, nothing is taken, and a request under a foreign name is refused, or a name that an attacker
// points at 127.0.0.1 (DNS rebinding) would read them.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { ToxError } from '../../tox/errors.js'

export interface MetricsServerOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** How long a request may take to arrive, in ms; 5,000 unless told. */
  readonly timeoutMs?: number
  /** The text of `/metrics`. */
  readonly metrics: () => string
  /** Why the node is not well; empty when it is. */
  readonly troubles: () => readonly string[]
}

/** A monitor or two ask every few seconds; who holds more connections than that is told to come again. */
const CONNECTIONS_MAX = 32
const HEADERS_BYTES_MAX = 4096
const REQUEST_TIMEOUT_MS = 5000

export class MetricsServer {
  private constructor(private readonly server: Server) {}

  /** Begins to listen. Rejects with ToxError `TOX_ERR_NEW_PORT_ALLOC`. */
  static open(options: MetricsServerOptions): Promise<MetricsServer> {
    const { timeoutMs = REQUEST_TIMEOUT_MS } = options
    const limits = { maxHeaderSize: HEADERS_BYTES_MAX, connectionsCheckingInterval: 1000 }
    const server = createServer(limits, (request, response) => answer(request, response, options))
    server.maxConnections = CONNECTIONS_MAX
    server.headersTimeout = timeoutMs
    server.requestTimeout = timeoutMs
    server.keepAliveTimeout = timeoutMs
    server.maxRequestsPerSocket = 1000
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const where = `TCP port ${options.port} on ${options.host}, for metrics,`
        const why = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be opened: ${error.code}`
        reject(new ToxError('NEW', 'port-alloc', `${where} ${why}`, { cause: error }))
      })
      server.listen({ host: options.host, port: options.port }, () => {
        server.removeAllListeners('error').on('error', () => {})
        resolve(new MetricsServer(server))
      })
    })
  }

  get port(): number {
    const address = this.server.address()
    return address !== null && typeof address === 'object' ? address.port : 0
  }

  close(): void {
    this.server.close()
    this.server.closeAllConnections()
  }
}

function answer(request: IncomingMessage, response: ServerResponse, options: MetricsServerOptions): void {
  const send = (status: number, type: string, text: string): void => {
    response.writeHead(status, {
      'content-type': `${type}; charset=utf-8`,
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'",
    })
    response.end(request.method === 'HEAD' ? undefined : text)
  }
  // A body is not read: the connection ends with the answer.
  if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined) {
    response.setHeader('connection', 'close')
    return send(413, 'text/plain', 'no body is taken\n')
  }
  if (!isOurName(request.headers.host)) return send(403, 'text/plain', 'ask by address, not by this name\n')
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, 'text/plain', 'only GET and HEAD\n')
  switch (request.url?.split('?')[0]) {
    case '/metrics':
      return send(200, 'text/plain; version=0.0.4', options.metrics())
    case '/health': {
      const reasons = options.troubles()
      const isWell = reasons.length === 0
      const body = { status: isWell ? 'ok' : 'trouble', reasons }
      return send(isWell ? 200 : 503, 'application/json', `${JSON.stringify(body)}\n`)
    }
    default:
      return send(404, 'text/plain', '/metrics or /health\n')
  }
}

/** Addresses cannot be rebound, and neither can the machine's own name or `localhost`. */
function isOurName(host: string | undefined): boolean {
  const name = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::\d{1,5})?$/.exec(host ?? '')
  const plain = (name?.[1] ?? name?.[2] ?? '').toLowerCase()
  return isIP(plain) !== 0 || plain === 'localhost' || plain === hostname().toLowerCase()
}
