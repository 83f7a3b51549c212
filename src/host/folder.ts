// Folders, as far as files in them are to last.

import { open, unlink } from 'node:fs/promises'

/** Makes the names in a folder last; some systems cannot and need not. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'EINVAL' && code !== 'EISDIR' && code !== 'EPERM' && code !== 'EACCES' && code !== 'ENOTSUP')
      throw error
  }
}

/** Deletes a file; one that is not there is no mistake. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** A new file with `bytes`, or text as UTF-8, readable by its owner alone, on disk when this resolves. */
export async function writeSynced(path: string, bytes: Uint8Array | string): Promise<void> {
  await removeFile(path)
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}
