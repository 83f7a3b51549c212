// Programs on the C core that meet over TCP: real sockets on loopback, and a clock that jumps by the iteration interval.

import assert from 'node:assert/strict'
import { loadAddon } from '../../src/addon/index.js'
import { RelayPacketKind, ROUTE_ID_FIRST } from '../../src/packet/relay/index.js'
import { LOOPBACK, Peer, Program, runUntil, text } from './program.js'

const NODES = 3
const FIRST_RELAY_PORT = 41_960
/** Announcing and finding a friend takes ten. */
const MEETING_MS = 60_000
/** Of Tox_Connection. */
const TCP = 1
/** Of Tox_Netprof_Packet_Type, and of Tox_Netprof_Direction. */
const [CLIENT, SERVER, BOTH, UDP] = [0, 1, 2, 3]
const [SENT, RECEIVED] = [0, 1]

describe('programs on the C core without UDP', function () {
  this.timeout(60_000)
  if (loadAddon()?.TcpSocket === undefined) {
    it.skip('there is no native addon with TCP sockets')
    return
  }

  const program = new Program()
  let nodes: Peer[]
  let friends: [Peer, Peer]

  const everybody = (): Peer[] => [...nodes, ...friends]
  const total = (peer: Peer, type: number, direction: number): bigint =>
    peer.call('tox_netprof_get_packet_total_count', type, direction).bits
  const counted = (peer: Peer, type: number, id: number, direction: number): bigint =>
    peer.call('tox_netprof_get_packet_id_count', type, id, direction).bits

  /** At the first port that nobody has. */
  function openRelay(): Peer {
    for (let tcpPort = FIRST_RELAY_PORT; ; tcpPort++) {
      const peer = Peer.openOn(program, { tcpPort })
      if (peer !== undefined) return peer
    }
  }

  function enter(peer: Peer): void {
    const [relay] = nodes as [Peer]
    peer.bootstrapFrom(relay)
    const port = relay.call('tox_self_get_tcp_port').value
    assert.equal(peer.call('core_add_tcp_relay', LOOPBACK, port, relay.out('tox_self_get_dht_id')).error, 'OK')
  }

  before(() => {
    nodes = [openRelay(), ...Array.from({ length: NODES - 1 }, () => Peer.open(program))]
    for (const node of nodes.slice(1)) node.bootstrapFrom(nodes[0]!)
    friends = [Peer.open(program, { udp: false }), Peer.open(program, { udp: false })]
    for (const [i, one] of friends.entries()) {
      enter(one)
      one.call('tox_friend_add_norequest', friends[1 - i]!.out('tox_self_get_public_key'))
    }
    const areOnline = () => friends.every((one) => one.call('tox_friend_get_connection_status', 0).value === TCP)
    runUntil(everybody(), areOnline, 'two friends', MEETING_MS)
  })
  after(() => {
    for (const peer of everybody()) peer.kill()
  })

  it('meet, and say that it is TCP', () => {
    for (const one of friends) {
      assert.equal(one.call('tox_self_get_connection_status').value, TCP)
      assert.deepEqual(
        one.take('self_connection_status').map(({ connection_status }) => connection_status),
        [TCP],
      )
      assert.deepEqual(
        one.take('friend_connection_status').map(({ connection_status }) => connection_status),
        [TCP],
      )
    }
  })

  it('talk in few steps', () => {
    const [one, other] = friends
    assert.equal(one.call('tox_friend_send_message', 0, 0, text('hello')).error, 'OK')
    const tookMs = runUntil(everybody(), () => other.take('friend_message').length === 1, 'the message')
    assert.ok(tookMs <= 50, `${tookMs} ms`)
  })

  it('rest while nothing happens, waiting for relays and UDP by one descriptor', () => {
    const [one] = friends
    const rest = () => one.call('core_iterate').restsUntilMs
    for (const endMs = program.nowMs + 60_000; rest() <= program.nowMs; ) {
      assert.ok(program.nowMs < endMs, 'it never rests')
      for (const peer of everybody()) peer.iterate()
      program.nowMs += one.intervalMs
    }
    assert.ok(one.call('core_iterate').descriptor > 2)
  })

  it('count what goes through relays, on both sides', () => {
    const [relay] = nodes as [Peer]
    // What is under way arrives.
    for (let i = 0; i < 5; i++) for (const peer of everybody()) peer.iterate()
    const users = [relay, ...friends, ...nodes.slice(1)]
    const sent = users.map((peer) => total(peer, CLIENT, SENT)).reduce((sum, count) => sum + count)
    const received = users.map((peer) => total(peer, SERVER, RECEIVED)).reduce((sum, count) => sum + count)
    assert.ok(sent > 20n)
    assert.equal(received, sent)
    for (const one of friends) {
      assert.equal(total(one, UDP, SENT), 0n)
      assert.equal(total(one, SERVER, SENT), 0n)
      assert.equal(total(one, BOTH, SENT), total(one, CLIENT, SENT))
      assert.ok(counted(one, CLIENT, RelayPacketKind.ONION_REQUEST, SENT) > 0n)
      assert.ok(counted(one, CLIENT, RelayPacketKind.ONION_RESPONSE, RECEIVED) > 0n)
      assert.ok(counted(one, CLIENT, ROUTE_ID_FIRST, SENT) > 0n, 'data')
      assert.ok(one.call('tox_netprof_get_packet_total_bytes', CLIENT, SENT).bits > total(one, CLIENT, SENT))
    }
    assert.equal(total(relay, 9, SENT), 0n)
  })
})
