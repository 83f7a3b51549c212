// The file functions of a C peer: it sends files whose bytes follow from their positions, and hashes what it receives, so
// that megabytes need not travel through its pipes. Part of c-peer-child.mjs.

import { createHash } from 'node:crypto'
import koffi from 'koffi'
import { fileContent } from './file-content.mjs'

/** koffi reads numbers of 64 bits beyond 2^63 as negative ones. */
const unsigned = (value) => BigInt.asUintN(64, BigInt(value))

export function cPeerFiles({ checked, emit, live }) {
  const fileSend = checked(
    'file_send',
    'uint32_t tox_file_send(void *tox, uint32_t friend, uint32_t kind, uint64_t size, const uint8_t *id, const uint8_t *name, size_t length, uint8_t *error)',
  )
  const fileSendChunk = checked(
    'file_send_chunk',
    'bool tox_file_send_chunk(void *tox, uint32_t friend, uint32_t file, uint64_t position, const uint8_t *data, size_t length, uint8_t *error)',
  )
  const fileControl = checked(
    'file_control',
    'bool tox_file_control(void *tox, uint32_t friend, uint32_t file, int control, uint8_t *error)',
  )
  const fileSeek = checked(
    'file_seek',
    'bool tox_file_seek(void *tox, uint32_t friend, uint32_t file, uint64_t position, uint8_t *error)',
  )
  const fileGetId = checked(
    'file_get',
    'bool tox_file_get_file_id(void *tox, uint32_t friend, uint32_t file, uint8_t *id, uint8_t *error)',
  )

  /** `friend/file`: what is being sent, and what is being received. */
  const sending = new Map()
  const receiving = new Map()

  function onRequest(friend, file, position, length) {
    const one = sending.get(`${friend}/${file}`)
    if (length === 0) {
      sending.delete(`${friend}/${file}`)
      emit('file_sent', { friend, file, position: String(position), requests: one.requests, longest: one.longest })
      return
    }
    one.requests++
    one.longest = Math.max(one.longest, length)
    const left = one.length - position
    const size = left < BigInt(length) ? Number(left) : length
    // What the send queue does not take is tried again; later requests wait behind it.
    one.waiting.push({ position, size })
    drain(friend, file, one)
  }

  function drain(friend, file, one) {
    clearTimeout(one.timer)
    while (one.waiting.length > 0) {
      const { position, size } = one.waiting[0]
      try {
        fileSendChunk(live(), friend, file, position, Buffer.from(fileContent(position, size)), size)
      } catch (error) {
        if (String(error.message).endsWith('_SENDQ')) one.timer = setTimeout(() => drain(friend, file, one), 5)
        else one.waiting.length = 0
        return
      }
      one.waiting.shift()
    }
  }

  function onChunk(friend, file, position, data, size) {
    const id = `${friend}/${file}`
    const one = receiving.get(id) ?? { from: position, to: position, chunks: 0, hash: createHash('sha256') }
    if (position !== one.to) throw new Error(`a chunk at ${position} where ${one.to} is due`)
    receiving.set(id, one)
    if (size > 0) {
      one.hash.update(Buffer.from(koffi.view(data, size)))
      one.to += BigInt(size)
      one.chunks++
      return
    }
    receiving.delete(id)
    const { from, to, chunks, hash } = one
    emit('file_received', { friend, file, from: String(from), to: String(to), chunks, sha256: hash.digest('hex') })
  }

  return {
    EVENTS: {
      file_recv: [
        'uint32_t, uint32_t, uint32_t, uint64_t, const uint8_t *, size_t',
        (friend, file, kind, size, name, length) => {
          // Of a transfer that was cancelled, something may be left.
          receiving.delete(`${friend}/${file}`)
          const data = Number(length) === 0 ? '' : Buffer.from(koffi.view(name, Number(length))).toString('hex')
          return { friend, file, kind, size: String(unsigned(size)), data }
        },
      ],
      file_recv_control: ['uint32_t, uint32_t, int', (friend, file, control) => ({ friend, file, control })],
      file_chunk_request: [
        'uint32_t, uint32_t, uint64_t, size_t',
        (friend, file, position, length) => void onRequest(friend, file, unsigned(position), Number(length)),
      ],
      file_recv_chunk: [
        'uint32_t, uint32_t, uint64_t, const uint8_t *, size_t',
        (friend, file, position, data, size) => void onChunk(friend, file, unsigned(position), data, Number(size)),
      ],
    },
    commands: {
      fileSend: ({ friend, kind, size, length, data, fileId }) => {
        const name = Buffer.from(data, 'hex')
        const id = fileId === undefined ? null : Buffer.from(fileId, 'hex')
        const file = fileSend(live(), friend, kind, BigInt(size), id, name, name.length)
        sending.set(`${friend}/${file}`, {
          length: BigInt(length),
          requests: 0,
          longest: 0,
          waiting: [],
          timer: undefined,
        })
        return file
      },
      fileControl: ({ friend, file, control }) => fileControl(live(), friend, file, control),
      fileSeek: ({ friend, file, position }) => fileSeek(live(), friend, file, BigInt(position)),
      fileId: ({ friend, file }) => {
        const id = Buffer.alloc(32)
        fileGetId(live(), friend, file, id)
        return id.toString('hex')
      },
      fileProgress: ({ friend, file }) => String(receiving.get(`${friend}/${file}`)?.to ?? 0n),
    },
  }
}
