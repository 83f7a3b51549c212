// File transfers in SQLite, whose integers have a sign: sizes above 2^63 stand as negative ones.

import type { SqliteStatement } from './sqlite-binding.js'
import type { SqliteSession } from './sqlite-session.js'
import type { TransferRecord, TransferStore } from './transfers.js'

interface TransferRow {
  readonly friend: string
  readonly direction: string
  readonly file_id: string
  readonly kind: bigint
  readonly name: string
  readonly size: bigint | null
  readonly path: string
  readonly part_path: string | null
  readonly position: bigint
  readonly mtime: number | null
  readonly overwrite: bigint | null
}

export class SqliteTransfers implements TransferStore {
  readonly #session: SqliteSession
  readonly #load: SqliteStatement
  readonly #put: SqliteStatement
  readonly #remove: SqliteStatement

  constructor(session: SqliteSession) {
    this.#session = session
    this.#load = session.prepare('select * from transfer where friend = ? order by place').safeIntegers()
    this.#put = session.prepare(
      `insert into transfer
         (friend, direction, file_id, kind, name, size, path, part_path, position, mtime, overwrite)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (friend, direction, file_id) do update set
         kind = excluded.kind, name = excluded.name, size = excluded.size, path = excluded.path,
         part_path = excluded.part_path, position = excluded.position, mtime = excluded.mtime,
         overwrite = excluded.overwrite`,
    )
    this.#remove = session.prepare('delete from transfer where friend = ? and direction = ? and file_id = ?')
  }

  load(friend: string): readonly TransferRecord[] {
    return (this.#session.run(() => this.#load.all(friend)) as TransferRow[]).map(asRecord)
  }

  put(record: TransferRecord): void {
    const { friend, direction, fileId, kind, name, size, path, partPath, position, mtimeMs, overwrite } = record
    this.#session.run(() =>
      this.#put.run(
        friend,
        direction,
        fileId,
        kind,
        name,
        size === undefined ? null : BigInt.asIntN(64, size),
        path,
        partPath ?? null,
        BigInt.asIntN(64, position),
        mtimeMs ?? null,
        overwrite === undefined ? null : Number(overwrite),
      ),
    )
  }

  remove(friend: string, direction: TransferRecord['direction'], fileId: string): void {
    this.#session.run(() => this.#remove.run(friend, direction, fileId))
  }
}

function asRecord(row: TransferRow): TransferRecord {
  return {
    friend: row.friend,
    direction: row.direction === 'sending' ? 'sending' : 'receiving',
    fileId: row.file_id,
    kind: Number(row.kind),
    name: row.name,
    size: row.size === null ? undefined : BigInt.asUintN(64, row.size),
    path: row.path,
    ...(row.part_path === null ? {} : { partPath: row.part_path }),
    position: BigInt.asUintN(64, row.position),
    ...(row.mtime === null ? {} : { mtimeMs: row.mtime }),
    ...(row.overwrite === null ? {} : { overwrite: row.overwrite === 1n }),
  }
}
