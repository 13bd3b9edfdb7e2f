import { createHmac, randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { deriveSeed } from '../keys.ts';
import type { Store } from '../store/sqlite.ts';
import { cutOff, MediaFiles, type Received, tooLarge } from './files.ts';
import { MediaRefused } from './refusal.ts';

export interface MediaStoreSettings {
  /** Where the files are. */
  readonly folder: string;
  /** Largest file that is taken, in bytes. */
  readonly fileBytesMax: number;
  /** When all files together are larger, the oldest go first. */
  readonly totalBytesMax: number;
}

/** One address at which a file can be, or could be, downloaded. */
export interface StoredMedia {
  readonly seq: number;
  readonly id: string;
  /** SHA-256 of the encrypted file, hexadecimal. */
  readonly hash: string;
  /** The part of the upload's address that says what it is: `image`, `video`, `audio`, `document`… */
  readonly kind: string;
  readonly size: number;
  /** Number of the person who uploaded it. */
  readonly uploader: string;
  /** Unix milliseconds. */
  readonly uploadedAt: number;
  /** 0: it can be downloaded. 404 or 410: what is answered instead. */
  readonly gone: 0 | 404 | 410;
}

interface MediaRow extends Omit<StoredMedia, 'uploadedAt'> {
  uploaded_at: number;
}

const SIGNATURE_CHARS = 22;

/**
 * The encrypted files of this network. A file is kept once, whatever addresses lead to it. An address that expires
 * leaves its file where it is: it stands for the copies that people have on their phones, and can be given a new
 * address. Only removal takes the file away.
 */
export class MediaStore {
  /** Largest file that is taken, in bytes. */
  readonly fileBytesMax: number;
  readonly #totalBytesMax: number;
  readonly #store: Store;
  readonly #files: MediaFiles;
  readonly #secret: Buffer;
  #total: number;
  #closed = false;

  constructor(store: Store, master: Uint8Array, settings: MediaStoreSettings) {
    this.fileBytesMax = Math.min(settings.fileBytesMax, settings.totalBytesMax);
    this.#totalBytesMax = settings.totalBytesMax;
    this.#store = store;
    this.#secret = deriveSeed(master, 'media addresses');
    this.#files = new MediaFiles(settings.folder, (hash) => this.#isReferred(hash));
    const sizes = 'SELECT DISTINCT hash, size FROM media';
    this.#total = store.get<{ n: number | null }>(`SELECT sum(size) AS n FROM (${sizes})`)?.n ?? 0;
  }

  /** Bytes of all files together. */
  get totalBytes(): number {
    return this.#total;
  }

  /**
   * Takes an upload as it streams in. `hash` is the base64url of the SHA-256 that the uploader promises; a body that
   * has another is refused (400), as is one that breaks off, and one that is too large (413).
   */
  async receive(body: Readable, hash: string, kind: string, uploader: string): Promise<StoredMedia> {
    const received = await this.#files.receive(body, this.fileBytesMax);
    const promised = Buffer.from(hash, 'base64url').toString('hex');
    if (received.hash !== promised) {
      received.drop();
      throw new MediaRefused(
        400,
        'MEDIA_HASH_WRONG',
        'The SHA-256 of the body is not the one in the address.',
      );
    }
    return this.#keep(received, kind, uploader);
  }

  /** Takes an encrypted file that a phone of this network has made. */
  async put(file: Uint8Array, kind: string, uploader: string): Promise<StoredMedia> {
    if (file.length > this.fileBytesMax) throw tooLarge(this.fileBytesMax);
    return this.#keep(await this.#files.write(file), kind, uploader);
  }

  /** Gives a file a new address; undefined when it is nowhere any more. */
  again(hash: string, kind: string, uploader: string): StoredMedia | undefined {
    const known = this.#store.get<MediaRow>('SELECT * FROM media WHERE hash = ? LIMIT 1', hash);
    if (!known || !this.#files.has(hash)) return undefined;
    return this.#add(hash, kind, known.size, uploader);
  }

  /** The path of an address, without the host. */
  directPath({ id }: Pick<StoredMedia, 'id'>): string {
    return `/v/media/${id}.enc?oh=${this.#signature(id)}`;
  }

  /** What can be downloaded at an address. Throws a MediaRefused: 403 wrong signature, 404 unknown, 410 expired. */
  find(id: string, signature: string): StoredMedia {
    if (signature !== this.#signature(id)) {
      throw new MediaRefused(
        403,
        'MEDIA_SIGNATURE_WRONG',
        'The address is not one that this network gave out.',
      );
    }
    const media = this.get(id);
    if (media?.gone === 410) throw new MediaRefused(410, 'MEDIA_EXPIRED', 'The file has expired.');
    if (media?.gone !== 0 || !this.#files.has(media.hash)) {
      throw new MediaRefused(404, 'MEDIA_NOT_FOUND', 'There is no such file.');
    }
    return media;
  }

  /** The same by direct path, with or without a host before it. */
  findByPath(directPath: string): StoredMedia {
    const [, id = '', signature = ''] =
      /\/v\/media\/([0-9a-f]+)\.enc\?(?:.*&)?oh=([\w-]+)/.exec(directPath) ?? [];
    return this.find(id, signature);
  }

  /** Bytes `start` to `end` (both included) of a file. */
  stream({ hash }: StoredMedia, start: number, end: number): Readable {
    return this.#files.stream(hash, start, end);
  }

  read({ hash }: StoredMedia): Promise<Buffer> {
    return this.#files.read(hash);
  }

  get(id: string): StoredMedia | undefined {
    const row = this.#store.get<MediaRow>('SELECT * FROM media WHERE id = ?', id);
    return row && fromRow(row);
  }

  /** Addresses in the order they were given out. */
  list(after: number, limit: number): StoredMedia[] {
    const sql = 'SELECT * FROM media WHERE seq > ? ORDER BY seq LIMIT ?';
    return this.#store.all<MediaRow>(sql, after, limit).map(fromRow);
  }

  /** From now on the address answers 404 or 410; false when there is no such address. */
  expire(id: string, status: 404 | 410): boolean {
    return this.#store.run('UPDATE media SET gone = ? WHERE id = ?', status, id) > 0;
  }

  /** Takes a file away with all its addresses, from the phones too; false when there is no such address. */
  remove(id: string): boolean {
    const media = this.get(id);
    if (!media) return false;
    this.#store.run('DELETE FROM media WHERE hash = ?', media.hash);
    this.#forget(media);
    return true;
  }

  /** Takes nothing more: after a reset the folder belongs to the network that follows. */
  close(): void {
    this.#closed = true;
  }

  #keep(received: Received, kind: string, uploader: string): StoredMedia {
    const { hash, size } = received;
    if (this.#closed) {
      received.drop();
      throw cutOff();
    }
    received.keep();
    const live = 'SELECT * FROM media WHERE hash = ? AND kind = ? AND gone = 0 LIMIT 1';
    const known = this.#store.get<MediaRow>(live, hash, kind);
    if (known) return fromRow(known);
    if (!this.#isReferred(hash)) this.#total += size;
    const media = this.#add(hash, kind, size, uploader);
    this.#makeRoom();
    return media;
  }

  #add(hash: string, kind: string, size: number, uploader: string): StoredMedia {
    const id = randomBytes(12).toString('hex');
    const sql =
      'INSERT INTO media (id, hash, kind, size, uploader, uploaded_at, gone) VALUES (?, ?, ?, ?, ?, ?, 0)';
    const uploadedAt = Date.now();
    this.#store.run(sql, id, hash, kind, size, uploader, uploadedAt);
    const { seq } = this.#store.get<{ seq: number }>('SELECT seq FROM media WHERE id = ?', id) ?? { seq: 0 };
    return { seq, id, hash, kind, size, uploader, uploadedAt, gone: 0 };
  }

  #makeRoom(): void {
    while (this.#total > this.#totalBytesMax) {
      const oldest = this.#store.get<MediaRow>('SELECT * FROM media ORDER BY seq LIMIT 1');
      if (!oldest) return;
      this.#store.run('DELETE FROM media WHERE seq = ?', oldest.seq);
      if (!this.#isReferred(oldest.hash)) this.#forget(oldest);
    }
  }

  /** The row goes before the file: a file that nobody refers to is swept up at the next start. */
  #forget({ hash, size }: { hash: string; size: number }): void {
    this.#total -= size;
    this.#store.afterCommit(() => {
      if (!this.#isReferred(hash)) this.#files.remove(hash);
    });
  }

  #isReferred(hash: string): boolean {
    return this.#store.get('SELECT 1 FROM media WHERE hash = ? LIMIT 1', hash) !== undefined;
  }

  #signature(id: string): string {
    const digest = createHmac('sha256', this.#secret).update(id).digest('base64url');
    return digest.slice(0, SIGNATURE_CHARS);
  }
}

function fromRow({ uploaded_at, ...row }: MediaRow): StoredMedia {
  return { ...row, uploadedAt: uploaded_at };
}
