// What `import 'toxcore-ts'` offers.

export {
  type BootstrapNode,
  BootstrapNodeError,
  parseBootstrapNode,
  type RelayNode,
  readNodesFile,
} from '../host/nodes-file.js'
export { ProxyError, parseProxy } from '../host/proxy-url.js'
export type {
  ConnectionStatus,
  OutboxMessage,
  OutboxStore,
  ReceiptMode,
  ReceivedMessage,
  ReceivedStore,
} from '../messenger/index.js'
export { MemoryOutboxStore, MemoryReceivedStore } from '../messenger/index.js'
export type { UserStatus } from '../packet/messenger/user-status.js'
export * from '../store/index.js'
export { ToxError } from '../tox/errors.js'
export { formatToxId, parseToxId, type ToxIdError } from '../tox/tox-id.js'
export type { ProxyServer } from '../transport/proxy/proxy.js'
export type {
  Conference,
  ConferenceEventMap,
  ConferenceInvite,
  ConferenceMessage,
  ConferencePeer,
  ConferencePeerName,
  ConferencePeers,
  ConferenceTitle,
  OfflineConferencePeer,
  ToxConferenceEventMap,
} from './conferences/index.js'
export type { EventQueue, IteratorOptions } from './event-queue.js'
export type { FileOffer, FriendRequest, Message, ToxEventMap } from './events.js'
export type * from './files/transfer.js'
export type { Friend, Receipt } from './friend.js'
export type { MessageHandler } from './message-handling.js'
export { type CheckNodeOptions, checkNode, type NodeCheck } from './node/check-node.js'
export type { BootstrapNodeLimits } from './node/limits.js'
export type { BootstrapNodeServerOptions, BootstrapNodeServerUpdate } from './node/options.js'
export type { ClosedPort } from './node/relay-ports.js'
export { BootstrapNodeServer } from './node/server.js'
export { formatNodeVersion } from './node/version.js'
export type {
  FileContent,
  HandleOptions,
  NetworkOptions,
  SendFileOptions,
  SendOptions,
  ToxOptions,
  WaitOptions,
} from './options.js'
export type { FriendPath } from './path.js'
export type { PortMapping } from './port-mappings.js'
export type { Relay } from './relays.js'
export { Tox } from './tox.js'
