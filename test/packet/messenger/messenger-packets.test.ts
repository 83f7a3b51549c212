import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decode, encode } from '../../../src/codec/index.js'
import { PacketId } from '../../../src/packet/friend/packet-id.js'
import { FileControl, FileControlKind, FileSeekPosition } from '../../../src/packet/messenger/file-control.js'
import { FileData, fileDataOf, writeFileData } from '../../../src/packet/messenger/file-data.js'
import { FILE_SIZE_UNKNOWN, FileSend } from '../../../src/packet/messenger/file-send.js'
import { Action, Message, messageText, writeMessage } from '../../../src/packet/messenger/message.js'
import { Nickname } from '../../../src/packet/messenger/nickname.js'
import { Offline, Online } from '../../../src/packet/messenger/presence.js'
import { StatusMessage } from '../../../src/packet/messenger/status-message.js'
import { Typing } from '../../../src/packet/messenger/typing.js'
import { USER_STATUSES, UserStatusPacket } from '../../../src/packet/messenger/user-status.js'
import { bytesBetween, schemaLaws } from '../../laws/schema-laws.js'

schemaLaws('online', Online, fc.constant({ id: PacketId.ONLINE }))
schemaLaws('offline', Offline, fc.constant({ id: PacketId.OFFLINE }))
schemaLaws('nickname', Nickname, fc.record({ id: fc.constant(PacketId.NICKNAME), name: bytesBetween(0, 128) }))
schemaLaws(
  'status message',
  StatusMessage,
  fc.record({ id: fc.constant(PacketId.STATUS_MESSAGE), text: bytesBetween(0, 1007) }),
  { runs: 10 },
)
schemaLaws(
  'user status',
  UserStatusPacket,
  fc.record({ id: fc.constant(PacketId.USER_STATUS), status: fc.constantFrom(...USER_STATUSES) }),
)
// Any byte but 0 says "typing".
schemaLaws('typing', Typing, fc.record({ id: fc.constant(PacketId.TYPING), typing: fc.boolean() }), {
  canonical: false,
})
const text = bytesBetween(1, 1372)
schemaLaws('message', Message, fc.record({ id: fc.constant(PacketId.MESSAGE), text }), { runs: 10 })
schemaLaws('action', Action, fc.record({ id: fc.constant(PacketId.ACTION), text }), { runs: 10 })
const u8 = fc.integer({ min: 0, max: 255 })
schemaLaws(
  'file send request',
  FileSend,
  fc.record({
    id: fc.constant(PacketId.FILE_SEND_REQUEST),
    fileNumber: u8,
    kind: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    size: fc.bigInt({ min: 0n, max: FILE_SIZE_UNKNOWN }),
    fileId: bytesBetween(32, 32),
    name: bytesBetween(0, 255),
  }),
)
// Any byte but 1 names the file's sender.
schemaLaws(
  'file control',
  FileControl,
  fc.record({
    id: fc.constant(PacketId.FILE_CONTROL),
    isReceiver: fc.boolean(),
    fileNumber: u8,
    kind: u8,
    data: bytesBetween(0, 1369),
  }),
  { runs: 10, canonical: false },
)
const piece = bytesBetween(0, 1371)
schemaLaws('file data', FileData, fc.record({ id: fc.constant(PacketId.FILE_DATA), fileNumber: u8, data: piece }), {
  runs: 10,
})

describe('messenger packets', () => {
  it('have the bytes of the specification', () => {
    const hi = Uint8Array.of(0x68, 0x69)
    assert.deepEqual([...encode(Online, { id: 24 })], [24])
    assert.deepEqual([...encode(Offline, { id: 25 })], [25])
    assert.deepEqual([...encode(Nickname, { id: 48, name: hi })], [48, 0x68, 0x69])
    assert.deepEqual([...encode(StatusMessage, { id: 49, text: hi })], [49, 0x68, 0x69])
    assert.deepEqual([...encode(UserStatusPacket, { id: 50, status: 'busy' })], [50, 2])
    assert.deepEqual([...encode(Typing, { id: 51, typing: true })], [51, 1])
    assert.deepEqual([...encode(Message, { id: 64, text: hi })], [64, 0x68, 0x69])
    assert.deepEqual([...encode(Action, { id: 65, text: hi })], [65, 0x68, 0x69])
  })

  it('have the bytes of the specification where they carry files', () => {
    const fileId = new Uint8Array(32).fill(0xf1)
    const name = Uint8Array.of(0x61)
    const size = 0x0102030405060708n
    const offer = encode(FileSend, { id: 80, fileNumber: 3, kind: 1, size, fileId, name })
    assert.deepEqual([...offer], [80, 3, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, ...fileId, 0x61])
    const control = (kind: number, data: Uint8Array) =>
      encode(FileControl, { id: 81, isReceiver: true, fileNumber: 7, kind, data })
    assert.deepEqual([...control(FileControlKind.KILL, new Uint8Array(0))], [81, 1, 7, 2])
    const position = encode(FileSeekPosition, 2n ** 63n + 1n)
    assert.deepEqual([...control(FileControlKind.SEEK, position)], [81, 1, 7, 3, 0x80, 0, 0, 0, 0, 0, 0, 1])
    assert.deepEqual([...encode(FileData, { id: 82, fileNumber: 9, data: Uint8Array.of(1, 2) })], [82, 9, 1, 2])
  })

  it('refuse a status that nobody knows', () => {
    for (let status = 3; status < 256; status++) {
      assert.equal(decode(UserStatusPacket, Uint8Array.of(50, status)), undefined)
    }
  })

  it('are read and written on the hot path as the schema says', () => {
    const scratch = new Uint8Array(1373)
    fc.assert(
      fc.property(text, fc.constantFrom('normal' as const, 'action' as const), (content, kind) => {
        const packet = writeMessage(scratch, kind, content)
        const declared =
          kind === 'normal' ? encode(Message, { id: 64, text: content }) : encode(Action, { id: 65, text: content })
        assert.deepEqual(packet, declared)
        assert.deepEqual(messageText(packet), content)
      }),
      { numRuns: 50, seed: 1 },
    )
    for (const size of [0, 1, 1374, 2000]) assert.equal(messageText(new Uint8Array(size).fill(64)), undefined)
  })

  it('carry file data on the hot path as the schema says', () => {
    const scratch = new Uint8Array(1373)
    fc.assert(
      fc.property(piece, u8, (data, fileNumber) => {
        const packet = writeFileData(scratch, fileNumber, data)
        assert.deepEqual(packet, encode(FileData, { id: 82, fileNumber, data }))
        assert.deepEqual(fileDataOf(packet), data)
      }),
      { numRuns: 50, seed: 1 },
    )
    for (const size of [0, 1, 1374, 2000]) assert.equal(fileDataOf(new Uint8Array(size).fill(82)), undefined)
  })
})
