import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../platform/db/database-unusable.ts';

/**
 * What of a data folder stays behind: the database (copied by its own means), what belongs to this machine or to
 * a running process alone, the key (saved by itself) and the sandbox network, which is there to try things on.
 */
const notCopied =
  /^(postgres(\.|-|$)|database\.json|node-id$|running\.|restoring$|encryption-key$|sandbox$|lost\+found$)/;

/** One file or folder, by its path below the data folder. */
export interface FolderEntry {
  name: string;
  isFolder: boolean;
  size: number;
}

/** Everything of a data folder that belongs into a backup beside the database and the key. */
export async function listFolder(dataDir: string, below = ''): Promise<FolderEntry[]> {
  const found: FolderEntry[] = [];
  for (const child of (await readdir(join(dataDir, below))).sort()) {
    if (below === '' && notCopied.test(child)) continue;
    const name = below === '' ? child : `${below}/${child}`;
    // A file may go while we look.
    const about = await stat(join(dataDir, name)).catch(() => undefined);
    if (about?.isDirectory()) {
      found.push({ name, isFolder: true, size: 0 }, ...(await listFolder(dataDir, name)));
    } else if (about?.isFile()) {
      found.push({ name, isFolder: false, size: about.size });
    }
  }
  return found;
}

/** The first `size` bytes of a file that may grow, shrink or go meanwhile; zeros stand for what is missing. */
export async function* bytesOf(path: string, size: number): AsyncGenerator<Uint8Array> {
  let at = 0;
  const file = await open(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  try {
    while (file && at < size) {
      // A buffer each: the one before may still be on its way.
      const buffer = new Uint8Array(Math.min(chunkBytes, size - at));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file?.close();
  }
  for (; at < size; at += Math.min(zeros.length, size - at)) yield zeros.subarray(0, size - at);
}

const chunkBytes = 256 * 1024;
const zeros = new Uint8Array(chunkBytes);
