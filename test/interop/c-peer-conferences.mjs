// The conference functions of a C peer. Part of c-peer-child.mjs.

import koffi from 'koffi'

const hex = (pointer, length) => (length === 0 ? '' : Buffer.from(koffi.view(pointer, Number(length))).toString('hex'))

export function cPeerConferences({ f, checked, live }) {
  const conferenceNew = checked('conference_new', 'uint32_t tox_conference_new(void *tox, uint8_t *error)')
  const newWithSound = f('int toxav_add_av_groupchat(void *tox, void *callback, void *user_data)')
  const conferenceDelete = checked(
    'conference_delete',
    'bool tox_conference_delete(void *tox, uint32_t conference, uint8_t *error)',
  )
  const invite = checked(
    'conference_invite',
    'bool tox_conference_invite(void *tox, uint32_t friend, uint32_t conference, uint8_t *error)',
  )
  const join = checked(
    'conference_join',
    'uint32_t tox_conference_join(void *tox, uint32_t friend, const uint8_t *cookie, size_t length, uint8_t *error)',
  )
  const sendMessage = checked(
    'conference_send_message',
    'bool tox_conference_send_message(void *tox, uint32_t conference, int type, const uint8_t *m, size_t length, uint8_t *error)',
  )
  const titleSize = checked(
    'conference_title',
    'size_t tox_conference_get_title_size(void *tox, uint32_t conference, uint8_t *error)',
  )
  const getTitle = checked(
    'conference_title',
    'bool tox_conference_get_title(void *tox, uint32_t conference, uint8_t *title, uint8_t *error)',
  )
  const setTitle = checked(
    'conference_title',
    'bool tox_conference_set_title(void *tox, uint32_t conference, const uint8_t *title, size_t length, uint8_t *error)',
  )
  const setMaxOffline = checked(
    'conference_set_max_offline',
    'bool tox_conference_set_max_offline(void *tox, uint32_t conference, uint32_t max, uint8_t *error)',
  )
  const isOurs = checked(
    'conference_peer_query',
    'bool tox_conference_peer_number_is_ours(void *tox, uint32_t conference, uint32_t peer, uint8_t *error)',
  )
  const getId = f('bool tox_conference_get_id(void *tox, uint32_t conference, uint8_t *id)')
  const listSize = f('size_t tox_conference_get_chatlist_size(void *tox)')
  const getList = f('void tox_conference_get_chatlist(void *tox, uint8_t *list)')

  /** The functions that tell of peers who are there (`''`) or of those who are not (`'offline_'`). */
  const peersOf = (which) => {
    const query = (type, name, rest) =>
      checked(
        'conference_peer_query',
        `${type} tox_conference_${which}peer_${name}(void *tox, uint32_t conference, ${rest}uint8_t *error)`,
      )
    return {
      count: query('uint32_t', 'count', ''),
      nameSize: query('size_t', 'get_name_size', 'uint32_t peer, '),
      name: query('bool', 'get_name', 'uint32_t peer, uint8_t *name, '),
      key: query('bool', 'get_public_key', 'uint32_t peer, uint8_t *key, '),
    }
  }
  const online = peersOf('')
  const offline = peersOf('offline_')

  const list = (conference, { count, nameSize, name, key }) =>
    Array.from({ length: count(live(), conference) }, (_, peer) => {
      const publicKey = Buffer.alloc(32)
      key(live(), conference, peer, publicKey)
      const text = Buffer.alloc(Number(nameSize(live(), conference, peer)))
      if (text.length > 0) name(live(), conference, peer, text)
      return { key: publicKey.toString('hex'), name: text.toString('hex') }
    })

  /** Undefined where c-toxcore says that there is none, which it calls a wrong length. */
  const titleOf = (conference) => {
    try {
      const title = Buffer.alloc(Number(titleSize(live(), conference)))
      getTitle(live(), conference, title)
      return title.toString('hex')
    } catch (error) {
      if (!String(error.message).endsWith('_INVALID_LENGTH')) throw error
      return ''
    }
  }

  const ours = (conference, peer) => {
    try {
      return isOurs(live(), conference, peer)
    } catch (error) {
      if (!String(error.message).endsWith('_NO_CONNECTION')) throw error
      return false
    }
  }

  return {
    EVENTS: {
      conference_invite: [
        'uint32_t, int, const uint8_t *, size_t',
        (friend, type, cookie, n) => ({ friend, type, data: hex(cookie, n) }),
      ],
      conference_connected: ['uint32_t', (conference) => ({ conference })],
      conference_message: [
        'uint32_t, uint32_t, int, const uint8_t *, size_t',
        (conference, peer, type, d, n) => ({ conference, peer, type, data: hex(d, n) }),
      ],
      conference_title: [
        'uint32_t, uint32_t, const uint8_t *, size_t',
        (conference, peer, d, n) => ({ conference, peer, data: hex(d, n) }),
      ],
      conference_peer_name: [
        'uint32_t, uint32_t, const uint8_t *, size_t',
        (conference, peer, d, n) => ({ conference, peer, data: hex(d, n) }),
      ],
      conference_peer_list_changed: ['uint32_t', (conference) => ({ conference })],
    },
    commands: {
      conferenceNew: () => conferenceNew(live()),
      conferenceNewWithSound: () => newWithSound(live(), null, null),
      conferenceDelete: ({ conference }) => conferenceDelete(live(), conference),
      conferenceInvite: ({ friend, conference }) => invite(live(), friend, conference),
      conferenceJoin: ({ friend, data }) => join(live(), friend, Buffer.from(data, 'hex'), data.length / 2),
      conferenceSend: ({ conference, type, data }) =>
        sendMessage(live(), conference, type, Buffer.from(data, 'hex'), data.length / 2),
      conferenceSetTitle: ({ conference, data }) =>
        setTitle(live(), conference, Buffer.from(data, 'hex'), data.length / 2),
      conferenceSetMaxOffline: ({ conference, max }) => setMaxOffline(live(), conference, max),
      conference: ({ conference }) => {
        const id = Buffer.alloc(32)
        if (!getId(live(), conference, id)) throw new Error(`there is no conference ${conference}`)
        return {
          id: id.toString('hex'),
          title: titleOf(conference),
          peers: list(conference, online).map((peer, i) => ({ ...peer, isOurs: ours(conference, i) })),
          offline: list(conference, offline),
        }
      },
      conferences: () => {
        const numbers = Buffer.alloc(4 * Number(listSize(live())))
        if (numbers.length > 0) getList(live(), numbers)
        return Array.from({ length: numbers.length / 4 }, (_, i) => numbers.readUInt32LE(4 * i))
      },
    },
  }
}
