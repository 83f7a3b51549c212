// The nodes that a node knew when it was last here, so that it is back in the network at once, whatever became of those that
// its operator named. In the JSON of nodes.tox.chat, which `--nodes` reads as well.

import { readFile, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Endpoint } from '../../base/index.js'
import { removeFile, syncFolder, writeSynced } from '../../host/folder.js'
import { BootstrapNodeError, parseNodesJson } from '../../host/nodes-file.js'
import type { NodeInfo } from '../../packet/node-info.js'
import { formatNodesJson, type ListedNode } from './public-nodes.js'

/** 2,080 nodes, the most that the DHT tells, of 160 bytes are 333 KB. */
const FILE_BYTES_MAX = 2 * 1024 * 1024

export class SavedNodes {
  #saving: Promise<void> = Promise.resolve()

  constructor(
    readonly path: string,
    /** Told why nodes could not be read; the node starts without them. */
    private readonly onWarning: (text: string) => void = () => {},
  ) {}

  /** What was saved; nothing when there is no such file, or when it is damaged. */
  async load(): Promise<NodeInfo[]> {
    try {
      if ((await stat(this.path)).size > FILE_BYTES_MAX) throw new BootstrapNodeError('bad-file', 'it is too large')
      const { nodes } = parseNodesJson(await readFile(this.path, 'utf8'), 'it')
      return nodes.flatMap(({ host, port, publicKey }) => {
        const endpoint = Endpoint.parse(host, port)
        return endpoint === undefined ? [] : [{ endpoint, publicKey }]
      })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      this.onWarning(`the saved nodes ${this.path} cannot be used: ${(error as Error).message}`)
      return []
    }
  }

  /** Replaces what was saved, in one step; saves run one after another. Rejects with the system's error. */
  save(nodes: readonly NodeInfo[]): Promise<void> {
    const saving = this.#saving.then(() => this.#write(formatNodesJson(nodes.map(listed))))
    this.#saving = saving.catch(() => {})
    return saving
  }

  async #write(text: string): Promise<void> {
    const draft = `${this.path}.tmp`
    try {
      await writeSynced(draft, text)
      await rename(draft, this.path)
      await syncFolder(dirname(this.path))
    } catch (error) {
      await removeFile(draft).catch(() => {})
      throw error
    }
  }
}

const listed = ({ endpoint, publicKey }: NodeInfo): ListedNode => ({
  host: endpoint.ip,
  port: endpoint.port,
  publicKey,
})
