// Files of which we have everything, while their sender may not know it: the acknowledgement of the last packets can get lost
// with the connection, or with a process that is killed, and then the file is offered again.

import { isStill } from '../../host/received-file.js'
import type { TransferStore } from '../../store/transfers.js'

export interface FinishedFile {
  readonly friend: string
  readonly fileId: string
  readonly size: bigint
  /** Where it stands, when it stands on disk. */
  readonly path?: string | undefined
  readonly mtimeMs?: number | undefined
  /** In which session with the friend; below all of them: in an earlier process. */
  readonly session: number
}

/** Of one friend: the oldest are forgotten. */
const FINISHED_MAX = 256

export class FinishedFiles {
  readonly #store: TransferStore
  /** By file id. */
  readonly #files = new Map<string, FinishedFile>()

  constructor(store: TransferStore) {
    this.#store = store
  }

  add(file: FinishedFile): void {
    this.#files.delete(file.fileId)
    this.#files.set(file.fileId, file)
    if (this.#files.size <= FINISHED_MAX) return
    const [oldest] = this.#files.values()
    this.#forget(oldest!)
  }

  /** The file that is offered again in `session`, of which the friend did not say how large it is when `size` is `undefined`. */
  find(fileId: string, size: bigint | undefined, session: number): FinishedFile | undefined {
    const file = this.#files.get(fileId)
    // Within one session the friend has heard that we have it: that offer is a new one.
    if (file === undefined || file.session === session) return undefined
    return size === undefined || size === file.size ? file : undefined
  }

  /** Forgets what was finished before `session`: the friend had time to offer it again. */
  dropBefore(session: number): void {
    for (const file of this.#files.values()) if (file.session < session) this.#forget(file)
  }

  forget(fileId: string): void {
    const file = this.#files.get(fileId)
    if (file !== undefined) this.#forget(file)
  }

  #forget({ friend, fileId, path }: FinishedFile): void {
    this.#files.delete(fileId)
    if (path !== undefined) this.#store.remove(friend, 'receiving', fileId)
  }
}

/** Whether what was finished is still there. What went into a stream is taken to be. */
export async function isStillThere({ path, size, mtimeMs }: FinishedFile): Promise<boolean> {
  return path === undefined || (mtimeMs !== undefined && (await isStill(path, size, mtimeMs)))
}
