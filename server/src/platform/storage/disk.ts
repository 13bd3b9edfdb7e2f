import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../db/database-unusable.ts';
import { createArrivals } from './arrivals.ts';
import { checkedName, NotStored, type Storage } from './storage.ts';

/** Files in a folder of this machine, or of a file system that several nodes share. */
export function createDiskStorage(folder: string): Storage {
  // On the same file system, so that a rename is all it takes.
  const arrivals = createArrivals(join(folder, '.arriving'));
  /** Two more letters of a folder keep folders small. */
  const pathOf = (name: string) => {
    const [space = '', file = ''] = checkedName(name).split('/');
    return join(folder, space, file.slice(0, 2), file);
  };
  return {
    receive: (source, limits) =>
      arrivals.receive(source, limits, async (arrived, name) => {
        const path = pathOf(name);
        await mkdir(dirname(path), { recursive: true });
        await rename(arrived, path);
        // The way to it must outlive a power cut, too.
        for (const place of [dirname(path), dirname(dirname(path)), folder]) await syncFolder(place);
      }),
    async open(name, range) {
      try {
        const file = await open(pathOf(name));
        return file.createReadStream(range ? { start: range.start, end: range.end } : {});
      } catch (error) {
        throw errorCode(error) === 'ENOENT' ? new NotStored(name, { cause: error }) : error;
      }
    },
    async exists(name) {
      try {
        await access(pathOf(name));
        return true;
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return false;
        throw error;
      }
    },
    async remove(name) {
      await rm(pathOf(name), { force: true });
    },
    sweep: arrivals.sweep,
    close: async () => undefined,
  };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
