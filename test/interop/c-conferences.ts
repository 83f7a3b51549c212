// The conferences of a CPeer, as tox_conference_* tells them.

import { fromHex, toHex } from '../../src/base/index.js'

/** A peer of a conference; its number is its index in the list. */
export interface CConferencePeer {
  key: Uint8Array
  name: string
}

export interface CConference {
  id: Uint8Array
  /** Empty where there is none. */
  title: string
  peers: (CConferencePeer & { isOurs: boolean })[]
  offline: CConferencePeer[]
}

type Call = (command: string, args?: object) => Promise<unknown>
interface RawPeer {
  readonly key: string
  readonly name: string
}

const text = (hex: string): string => new TextDecoder().decode(fromHex(hex))
const encode = (data: string | Uint8Array): string =>
  toHex(typeof data === 'string' ? new TextEncoder().encode(data) : data)
const peer = ({ key, name }: RawPeer): CConferencePeer => ({ key: fromHex(key)!, name: text(name) })

/** Calls fail with the C name of the error (`TOX_ERR_CONFERENCE_…`). */
export class CConferences {
  readonly #call: Call

  constructor(call: Call) {
    this.#call = call
  }

  async create(): Promise<number> {
    return (await this.#call('conferenceNew')) as number
  }

  /** toxav_add_av_groupchat; nobody listens to the sound. */
  async createWithSound(): Promise<number> {
    return (await this.#call('conferenceNewWithSound')) as number
  }

  /** tox_conference_delete: leaves. */
  async delete(conference: number): Promise<void> {
    await this.#call('conferenceDelete', { conference })
  }

  async invite(friend: number, conference: number): Promise<void> {
    await this.#call('conferenceInvite', { friend, conference })
  }

  /** Takes the `data` of a `conference_invite`; returns the conference number. */
  async join(friend: number, cookie: Uint8Array): Promise<number> {
    return (await this.#call('conferenceJoin', { friend, data: toHex(cookie) })) as number
  }

  async send(conference: number, message: string | Uint8Array): Promise<void> {
    await this.#call('conferenceSend', { conference, type: 0, data: encode(message) })
  }

  async sendAction(conference: number, message: string | Uint8Array): Promise<void> {
    await this.#call('conferenceSend', { conference, type: 1, data: encode(message) })
  }

  async setTitle(conference: number, title: string | Uint8Array): Promise<void> {
    await this.#call('conferenceSetTitle', { conference, data: encode(title) })
  }

  async setMaxOffline(conference: number, max: number): Promise<void> {
    await this.#call('conferenceSetMaxOffline', { conference, max })
  }

  async list(): Promise<number[]> {
    return (await this.#call('conferences')) as number[]
  }

  /** All that the getters tell of one. */
  async get(conference: number): Promise<CConference> {
    const raw = (await this.#call('conference', { conference })) as {
      id: string
      title: string
      peers: (RawPeer & { isOurs: boolean })[]
      offline: RawPeer[]
    }
    return {
      id: fromHex(raw.id)!,
      title: text(raw.title),
      peers: raw.peers.map((one) => ({ ...peer(one), isOurs: one.isOurs })),
      offline: raw.offline.map(peer),
    }
  }
}
