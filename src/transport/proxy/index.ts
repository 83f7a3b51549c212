// The folder's one door.
export { proxied } from './passage.js'
export { ProxiedDialer, type ProxiedDialerParts } from './proxied-dialer.js'
export { type ProxyServer, type ProxyType, proxyName } from './proxy.js'
