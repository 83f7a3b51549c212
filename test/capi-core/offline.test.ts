// What an instance answers without a network: values and errors are those of c-toxcore for the same state.

import assert from 'node:assert/strict'
import { openNative } from '../../src/crypto/backend/native.js'
import type { Crypto } from '../../src/crypto/crypto.js'
import { encrypt } from '../../src/encryptsave/index.js'
import { nativeUdpMissing } from '../../src/host/native-udp.js'
import { LOOPBACK, Peer, Program, sleepThrough, text } from './program.js'

describe('an instance without a network', () => {
  const missing = nativeUdpMissing()
  if (missing !== undefined) {
    it.skip(`no native sockets: ${missing}`)
    return
  }

  const program = new Program()
  let peer: Peer
  beforeEach(() => {
    peer = Peer.open(program)
  })
  afterEach(() => {
    program.try('core_kill', peer.number)
  })

  const addressOf = (other: Peer): Uint8Array => other.out('tox_self_get_address')

  it('knows itself', () => {
    const address = addressOf(peer)
    const publicKey = peer.out('tox_self_get_public_key')
    assert.deepEqual(address.subarray(0, 32), publicKey)
    assert.equal(peer.out('tox_self_get_secret_key').length, 32)
    assert.equal(peer.out('tox_self_get_dht_id').length, 32)
    assert.equal(peer.call('tox_self_get_tcp_port').error, 'NOT_BOUND')
    assert.equal(peer.call('tox_self_get_connection_status').value, 0)
    assert.equal(peer.call('tox_dht_get_num_closelist').value, 0)

    peer.call('tox_self_set_nospam', 0x12345678)
    assert.equal(peer.call('tox_self_get_nospam').value, 0x12345678)
    assert.deepEqual([...addressOf(peer).subarray(32, 36)], [0x12, 0x34, 0x56, 0x78])
    peer.call('tox_self_set_nospam', 0xfedcba98)
    assert.equal(peer.call('tox_self_get_nospam').value, 0xfedcba98)
  })

  it('has a name, a status message and a status', () => {
    for (const [what, limit] of [
      ['name', 128],
      ['status_message', 1007],
    ] as const) {
      assert.equal(peer.call(`tox_self_get_${what}_size`).value, 0)
      assert.equal(peer.call(`tox_self_set_${what}`, new Uint8Array(limit).fill(0x61)).error, 'OK')
      assert.equal(peer.call(`tox_self_set_${what}`, new Uint8Array(limit + 1)).error, 'TOO_LONG')
      assert.equal(peer.call(`tox_self_get_${what}_size`).value, limit)
      assert.equal(peer.text(`tox_self_get_${what}`), 'a'.repeat(limit))
      assert.equal(peer.call(`tox_self_set_${what}`, new Uint8Array(0)).error, 'OK')
      assert.equal(peer.call(`tox_self_get_${what}_size`).value, 0)
    }
    peer.call('tox_self_set_status', 2)
    peer.call('tox_self_set_status', 3)
    assert.equal(peer.call('tox_self_get_status').value, 2)
  })

  it('adds friends, judging in the order of c-toxcore', () => {
    const other = Peer.open(program)
    const address = addressOf(other)
    const wrong = address.slice()
    wrong[37]! ^= 1
    const add = (to: Uint8Array, message: string | Uint8Array) =>
      peer.call('tox_friend_add', to, typeof message === 'string' ? text(message) : message)
    assert.equal(add(wrong, new Uint8Array(922)).error, 'TOO_LONG')
    assert.equal(add(wrong, '').error, 'BAD_CHECKSUM')
    assert.equal(add(address, '').error, 'NO_MESSAGE')
    assert.equal(add(addressOf(peer), 'me').error, 'OWN_KEY')
    assert.equal(add(address, new Uint8Array(921)).value, 0)
    assert.equal(add(address, 'again').error, 'ALREADY_SENT')
    other.call('tox_self_set_nospam', 1)
    assert.equal(add(addressOf(other), 'again').error, 'SET_NEW_NOSPAM')
    assert.equal(peer.call('tox_friend_add_norequest', address.subarray(0, 32)).error, 'ALREADY_SENT')
    assert.equal(peer.call('tox_friend_add_norequest', peer.out('tox_self_get_public_key')).error, 'OWN_KEY')
    other.kill()
  })

  it('numbers friends, lowest first', () => {
    const key = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)
    for (const byte of [1, 2, 3]) peer.call('tox_friend_add_norequest', key(byte))
    assert.equal(peer.call('core_friend_delete', 1).error, 'OK')
    assert.equal(peer.call('core_friend_delete', 1).error, 'FRIEND_NOT_FOUND')
    assert.equal(peer.call('tox_friend_exists', 1).value, 0)
    assert.deepEqual([...new Uint32Array(peer.out('tox_self_get_friend_list').buffer)], [0, 2])
    assert.equal(peer.call('tox_self_get_friend_list_size').value, 2)
    assert.equal(peer.call('tox_friend_add_norequest', key(4)).value, 1)
    assert.equal(peer.call('tox_friend_add_norequest', key(2)).value, 3)
    assert.equal(peer.call('tox_friend_by_public_key', key(4)).value, 1)
    assert.equal(peer.call('tox_friend_by_public_key', key(9)).error, 'NOT_FOUND')
    assert.deepEqual(peer.out('tox_friend_get_public_key', 2), key(3))
  })

  it('answers questions about friends, and that there is none', () => {
    peer.call('tox_friend_add_norequest', new Uint8Array(32).fill(1))
    for (const what of ['name_size', 'status_message_size', 'status', 'connection_status', 'typing']) {
      assert.equal(peer.call(`tox_friend_get_${what}`, 0).value, 0, what)
      assert.equal(peer.call(`tox_friend_get_${what}`, 1).error, 'FRIEND_NOT_FOUND', what)
      assert.equal(peer.call(`tox_friend_get_${what}`, 2 ** 32 - 1).error, 'FRIEND_NOT_FOUND', what)
    }
    for (const what of ['name', 'status_message']) {
      assert.equal(peer.out(`tox_friend_get_${what}`, 0).length, 0)
      assert.equal(peer.call(`tox_friend_get_${what}`, 1).error, 'FRIEND_NOT_FOUND')
    }
    assert.equal(peer.call('tox_friend_get_public_key', 1).error, 'FRIEND_NOT_FOUND')
    assert.equal(peer.call('tox_friend_get_last_online', 0).bits, 0n)
    assert.equal(peer.call('tox_friend_get_last_online', 1).error, 'FRIEND_NOT_FOUND')
    assert.equal(peer.call('tox_self_set_typing', 0, true).error, 'OK')
    assert.equal(peer.call('tox_self_set_typing', 1, true).error, 'FRIEND_NOT_FOUND')
  })

  it('refuses messages and packets in the order of c-toxcore', () => {
    peer.call('tox_friend_add_norequest', new Uint8Array(32).fill(1))
    const errors = (name: string, cases: readonly (readonly [string, ...(number | Uint8Array)[]])[]): void => {
      for (const [error, ...values] of cases) {
        const shown = values.map((value) => (typeof value === 'number' ? value : `${value.length} bytes`))
        assert.equal(peer.call(name, ...values).error, error, `${name}(${shown.join(', ')})`)
      }
    }
    const packet = (id: number, length: number): Uint8Array => new Uint8Array(length).fill(id)
    errors('tox_friend_send_message', [
      ['EMPTY', 9, 0, packet(1, 0)],
      ['FRIEND_NOT_FOUND', 9, 0, packet(1, 1373)],
      ['TOO_LONG', 0, 0, packet(1, 1373)],
      ['FRIEND_NOT_CONNECTED', 0, 1, packet(1, 1372)],
      ['NULL', 0, 2, packet(1, 1)],
    ])
    errors('tox_friend_send_lossy_packet', [
      ['EMPTY', 9, packet(0, 0)],
      ['INVALID', 9, packet(191, 1)],
      ['INVALID', 9, packet(255, 1)],
      ['FRIEND_NOT_FOUND', 9, packet(200, 1374)],
      ['TOO_LONG', 0, packet(200, 1374)],
      ['FRIEND_NOT_CONNECTED', 0, packet(192, 1373)],
      ['FRIEND_NOT_CONNECTED', 0, packet(254, 1)],
    ])
    errors('tox_friend_send_lossless_packet', [
      ['EMPTY', 9, packet(0, 0)],
      ['FRIEND_NOT_FOUND', 9, packet(0, 1374)],
      ['TOO_LONG', 0, packet(0, 1374)],
      ['INVALID', 0, packet(159, 1)],
      ['INVALID', 0, packet(192, 1)],
      ['FRIEND_NOT_CONNECTED', 0, packet(160, 1373)],
      ['FRIEND_NOT_CONNECTED', 0, packet(69, 1)],
    ])
  })

  it('has a profile whose size and bytes agree until it is stepped or changed', () => {
    peer.call('tox_self_set_name', text('Alice'))
    const size = peer.call('tox_get_savedata_size').value
    const savedata = peer.out('tox_get_savedata')
    assert.equal(savedata.length, size)
    assert.deepEqual(peer.out('tox_get_savedata'), savedata)
    peer.call('tox_self_set_name', text('Alice, renamed'))
    assert.equal(peer.call('tox_get_savedata_size').value, size + ', renamed'.length)

    peer.call('tox_friend_add_norequest', new Uint8Array(32).fill(1))
    const again = Peer.open(program, { savedataType: 1, savedata: peer.out('tox_get_savedata') })
    assert.deepEqual(addressOf(again), addressOf(peer))
    assert.equal(again.text('tox_self_get_name'), 'Alice, renamed')
    assert.equal(again.call('tox_friend_exists', 0).value, 1)
    again.kill()
  })

  it('is made of a secret key, with a nospam of its own', () => {
    const again = Peer.open(program, { savedataType: 2, savedata: peer.out('tox_self_get_secret_key') })
    assert.deepEqual(again.out('tox_self_get_public_key'), peer.out('tox_self_get_public_key'))
    assert.deepEqual(again.out('tox_self_get_secret_key'), peer.out('tox_self_get_secret_key'))
    assert.notDeepEqual(addressOf(again), addressOf(peer))
    again.kill()
  })

  it('is not made of an encrypted or damaged profile, and frees its port', () => {
    const savedata = peer.out('tox_get_savedata')
    const port = peer.call('tox_self_get_udp_port').value
    const tries = (savedataType: number, bytes: Uint8Array) =>
      Peer.tryOpen(program, { savedataType, savedata: bytes, startPort: port, endPort: port }).error
    const encrypted = encrypt(openNative() as Crypto, 'password', savedata)
    // The port is in use: what is found before and after it shows.
    assert.equal(tries(1, encrypted), 'LOAD_ENCRYPTED')
    assert.equal(tries(1, savedata.subarray(0, 100)), 'PORT_ALLOC')
    peer.kill()
    assert.equal(tries(1, encrypted), 'LOAD_ENCRYPTED')
    assert.equal(tries(1, savedata.subarray(0, 100)), 'LOAD_BAD_FORMAT')
    assert.equal(tries(1, new Uint8Array(0)), 'LOAD_BAD_FORMAT')
    assert.equal(tries(2, savedata.subarray(0, 31)), 'LOAD_BAD_FORMAT')
    const wrong = savedata.slice()
    wrong[30]! ^= 1
    assert.equal(tries(1, wrong), 'LOAD_BAD_FORMAT')
    assert.equal(tries(1, savedata), 'OK')
  })

  it('leaves no profile in the block that calls share', () => {
    const savedata = peer.out('tox_get_savedata')
    const secretKey = Buffer.from(peer.out('tox_self_get_secret_key'))
    const again = Peer.open(program, { savedataType: 1, savedata })
    assert.equal(Buffer.from(program.block).indexOf(secretKey), -1)
    again.kill()
  })

  it('counts its packets by kind', () => {
    const UDP = 3
    const count = (name: string, ...values: number[]): bigint => peer.call(`tox_netprof_get_${name}`, ...values).bits
    const other = Peer.open(program)
    peer.bootstrapFrom(other)
    other.iterate()
    peer.iterate()
    const NODES_REQUEST = 2
    const NODES_RESPONSE = 4
    const asked = count('packet_id_count', UDP, NODES_REQUEST, 0)
    assert.ok(asked >= 1n)
    assert.equal(count('packet_id_bytes', UDP, NODES_REQUEST, 0), 113n * asked)
    assert.equal(count('packet_id_count', UDP, NODES_RESPONSE, 1), 1n)
    assert.ok(count('packet_total_count', UDP, 0) >= asked)
    const sent = Array.from({ length: 256 }, (_, id) => count('packet_id_bytes', UDP, id, 0))
    assert.equal(
      sent.reduce((sum, bytes) => sum + bytes),
      count('packet_total_bytes', UDP, 0),
    )
    for (const tcp of [0, 1, 2]) assert.equal(count('packet_total_count', tcp, 0), 0n)
    other.kill()
  })

  it('asks a node for others when told to, and reports what it hears', () => {
    const [node, third] = [Peer.open(program), Peer.open(program)]
    third.bootstrapFrom(node)
    const all = [peer, node, third]
    for (let i = 0; i < 20; i++, program.nowMs += 5) for (const one of all) one.iterate()
    const port = node.call('tox_self_get_udp_port').value
    const ask = (toPort: number) =>
      peer.call(
        'core_dht_send_nodes_request',
        LOOPBACK,
        toPort,
        node.out('tox_self_get_dht_id'),
        third.out('tox_self_get_dht_id'),
      ).error
    assert.equal(ask(0), 'BAD_PORT')
    assert.equal(ask(port), 'OK')
    peer.take('dht_nodes_response')
    for (let i = 0; i < 5; i++, program.nowMs += 5) for (const one of all) one.iterate()
    const heard = peer.take('dht_nodes_response').map((fields) => ({
      port: fields['port'],
      ip: Buffer.from(fields['ip'] as Uint8Array).toString(),
      key: Buffer.from(fields['public_key'] as Uint8Array).toString('hex'),
    }))
    const key = Buffer.from(third.out('tox_self_get_dht_id')).toString('hex')
    assert.ok(
      heard.some(
        (one) => one.key === key && one.ip === '127.0.0.1' && one.port === third.call('tox_self_get_udp_port').value,
      ),
    )
    assert.ok(peer.call('tox_dht_get_num_closelist').value >= 1)
    node.kill()
    third.kill()
  })

  it('may sleep long when nothing happens, and short while something does', () => {
    assert.ok(sleepThrough(peer, 1_000) >= 1_000 / 5)
    sleepThrough(peer, 60_000)
    const steps = sleepThrough(peer, 60_000)
    assert.ok(steps <= 60_000 / 40, `${steps} steps in a minute`)
    peer.call('tox_friend_add_norequest', new Uint8Array(32).fill(1))
    assert.ok(peer.intervalMs <= 5)
    program.nowMs += 20_000
    peer.iterate()
    peer.call('tox_self_set_typing', 0, true)
    assert.ok(peer.intervalMs <= 2)
  })
})
