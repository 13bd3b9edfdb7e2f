import { readdir, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

/** A file as it lies on the disk. */
interface Stored {
  location: string;
  bytes: number;
  /** Changes with the file. */
  tag: string;
}
export interface WebFile {
  type: string;
  plain: Stored;
  brotli?: Stored;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * The files of a folder by the path they are asked for. Only what was found in it can be asked for, so no path leads out
 * of it. It is read anew when its `index.html` is another one, which a build writes last.
 */
export function createWebFolder(folder: string) {
  let version: string | undefined;
  let files: Promise<ReadonlyMap<string, WebFile>> = Promise.resolve(new Map());
  return {
    async find(path: string): Promise<WebFile | undefined> {
      const page = await stat(join(folder, 'index.html')).catch(() => undefined);
      if (!page) return undefined;
      const found = `${page.ino} ${page.mtimeMs} ${page.size}`;
      if (found !== version) {
        version = found;
        files = filesOf(folder);
        // A folder that is being written is read again by the next request.
        files.catch(() => {
          version = undefined;
        });
      }
      return (await files.catch(() => undefined))?.get(path);
    },
  };
}

async function filesOf(folder: string): Promise<ReadonlyMap<string, WebFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const stored = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }): Promise<[string, Stored]> => {
        const location = join(parentPath, name);
        const { size, mtimeMs } = await stat(location);
        const tag = `"${size.toString(36)}-${Math.trunc(mtimeMs).toString(36)}${name.endsWith('.br') ? '-br' : ''}"`;
        return [`/${relative(folder, location).split(sep).join('/')}`, { location, bytes: size, tag }];
      }),
  );
  const byPath = new Map(stored);
  const files = new Map<string, WebFile>();
  for (const [path, plain] of stored) {
    if (path.endsWith('.br')) continue;
    const brotli = byPath.get(`${path}.br`);
    const type = types[extname(path)] ?? 'application/octet-stream';
    files.set(path, { type, plain, ...(brotli && { brotli }) });
  }
  return files;
}
