import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaType, WASocket } from 'baileys';
import { type Clock, dayMs, later } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import {
  FileNotSent,
  type Files,
  type OutgoingContents,
  type OutgoingFile,
  type OutgoingKind,
} from '../../port.ts';
import { sealInto } from './cipher.ts';
import { createUploadStore } from './uploads.store.ts';

type FileKind = {
  [K in OutgoingKind]: OutgoingContents[K] extends { file: OutgoingFile } ? K : never;
}[OutgoingKind];

/** A file at the network, as a message tells of it. */
export interface Upload {
  url: string;
  directPath: string;
  mediaKey: Buffer;
  fileSha256: Buffer;
  fileEncSha256: Buffer;
  fileLength: number;
  /** Seconds. */
  mediaKeyTimestamp: number;
  jpegThumbnail?: Buffer;
}

/** Under which name the network keeps the files of a kind. */
export function mediaTypeOf(kind: FileKind): MediaType {
  return kind === 'voice' ? 'audio' : kind;
}

/** WhatsApp keeps files for about a month; a message that is opened late must find its own. */
const usedAgainMs = 7 * dayMs;
const uploadMsMax = 10 * 60_000;

/**
 * Uploads the files of a profile, each once: a campaign's picture goes up with its first message, and a message that is
 * sent again names the same file.
 */
export function createUploads(deps: {
  db: Db;
  vault: Vault;
  clock: Clock;
  profileId: string;
  /** For encrypted files on their way. */
  folder: string;
  files: Files;
}) {
  const { vault, clock, profileId, folder } = deps;
  const store = createUploadStore(deps.db);
  const underWay = new Map<string, Promise<Upload>>();
  const contextOf = (key: string) => `engine-upload:${profileId}:${key}`;

  async function find(file: OutgoingFile, type: MediaType, key: string): Promise<Upload | undefined> {
    const since = later(clock.now(), -usedAgainMs);
    const sealed = await store.find(profileId, Buffer.from(file.sha256, 'hex'), type, since);
    return sealed && read(vault.openText(sealed, contextOf(key)));
  }

  async function upload(socket: WASocket, file: OutgoingFile, type: MediaType, key: string): Promise<Upload> {
    const known = await find(file, type, key);
    if (known) return known;
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${randomUUID()}.enc`);
    try {
      const sealed = await sealInto(path, await deps.files.open(file), type);
      const at = await socket
        .waUploadToServer(path, {
          mediaType: type,
          fileEncSha256B64: sealed.encryptedSha256.toString('base64'),
          timeoutMs: uploadMsMax,
        })
        .catch((error: Error) => {
          throw new FileNotSent(`The file could not be uploaded: ${error.message}.`);
        });
      const preview = isSeen(type) ? await deps.files.preview(file) : undefined;
      const now = clock.now();
      const made: Upload = {
        ...{ url: at.mediaUrl, directPath: at.directPath, mediaKey: sealed.mediaKey },
        ...{ fileSha256: sealed.sha256, fileEncSha256: sealed.encryptedSha256, fileLength: sealed.bytes },
        mediaKeyTimestamp: Math.floor(now.getTime() / 1000),
        ...(preview && { jpegThumbnail: preview }),
      };
      const value = vault.sealText(write(made), contextOf(key));
      await store.keep(profileId, Buffer.from(file.sha256, 'hex'), type, value, now);
      await store.sweep(profileId, later(now, -usedAgainMs));
      return made;
    } finally {
      await rm(path, { force: true });
    }
  }

  return {
    /** @throws FileNotSent when it could not be uploaded for now, and what `files` throws */
    of(socket: WASocket, file: OutgoingFile, type: MediaType): Promise<Upload> {
      const key = `${type}:${file.sha256}`;
      const found = underWay.get(key) ?? upload(socket, file, type, key).finally(() => underWay.delete(key));
      underWay.set(key, found);
      return found;
    },
  };
}

/** Phones show a small picture of these until they have fetched them. */
const isSeen = (type: MediaType) => type === 'image' || type === 'video';

const binary = ['mediaKey', 'fileSha256', 'fileEncSha256', 'jpegThumbnail'] as const;

function write(upload: Upload): string {
  const texts = binary.map((name) => [name, upload[name]?.toString('base64')]);
  return JSON.stringify({ ...upload, ...Object.fromEntries(texts) });
}

function read(text: string): Upload {
  const upload = JSON.parse(text) as Record<string, string>;
  const bytes = binary
    .filter((name) => upload[name] !== undefined)
    .map((name) => [name, Buffer.from(upload[name] ?? '', 'base64')]);
  return { ...upload, ...Object.fromEntries(bytes) } as unknown as Upload;
}
