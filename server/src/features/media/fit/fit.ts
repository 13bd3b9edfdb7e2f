import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../../../platform/failures.ts';
import type { createIntake } from '../intake.ts';
import type { MediaRow } from '../media.store.ts';
import { toAvatar, toJpeg, toSticker } from '../picture.ts';
import type { Places } from '../places/places.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { sampleRate, waveformOf } from './waveform.ts';

/** What a voice note is made of: Opus, one channel. */
const voiceArgs = ['-vn', '-sn', '-map_metadata', '-1', '-ac', '1', '-ar', '48000', '-c:a', 'libopus'];
const opus = /^(audio|application)\/ogg$|^audio\/opus$/;

export interface FitDeps {
  places: Pick<Places, 'open'>;
  intake: ReturnType<typeof createIntake>;
  ffmpeg: Ffmpeg;
  /** For files that are being converted. */
  folder: string;
  bytesMax: number;
}

/** Makes of files what phones show: other forms of a picture or sound become the one that they know. */
export function createFit({ places, intake, ffmpeg, folder, bytesMax }: FitDeps) {
  const open = (row: MediaRow) => places.open(row);

  /** Programs read files, not streams: many forms have their directory at the end. */
  async function withCopy<Result>(row: MediaRow, deed: (path: string) => Promise<Result>): Promise<Result> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, randomUUID());
    try {
      await pipeline(await open(row), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
      return await deed(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  const take = (row: MediaRow, made: Readable, mimetype: string, ending: string): Promise<MediaRow> =>
    intake.take(made, {
      ...{ organizationId: row.organization_id, bytesMax, isStrict: false, mimetype },
      filename: row.filename && `${row.filename.replace(/\.[^.]*$/, '')}.${ending}`,
    });

  return {
    /** JPEG and PNG stay as they are. @throws Failure MEDIA_UNREADABLE, MEDIA_PIXELS_EXCEEDED */
    async image(row: MediaRow): Promise<MediaRow> {
      if (/^image\/(jpeg|png)$/.test(row.mimetype)) return row;
      const made = await withCopy(row, toJpeg);
      return take(row, Readable.from([made]), 'image/jpeg', 'jpg');
    },

    /** A square JPEG, as WhatsApp shows people and groups. @throws Failure MEDIA_UNREADABLE, MEDIA_PIXELS_EXCEEDED */
    async avatar(row: MediaRow): Promise<MediaRow> {
      const made = await withCopy(row, toAvatar);
      return take(row, Readable.from([made]), 'image/jpeg', 'jpg');
    },

    /** WebP of 512 pixels. @throws Failure MEDIA_UNREADABLE, MEDIA_PIXELS_EXCEEDED */
    async sticker(row: MediaRow): Promise<MediaRow> {
      if (row.mimetype === 'image/webp' && row.width === 512 && row.height === 512) return row;
      const made = await withCopy(row, toSticker);
      return take(row, Readable.from([made]), 'image/webp', 'webp');
    },

    /** Opus, with its bars where they can be drawn. @throws Failure MEDIA_CONVERSION_UNAVAILABLE, MEDIA_UNREADABLE */
    async voice(row: MediaRow): Promise<{ row: MediaRow; waveform?: string | undefined }> {
      const isOpus = opus.test(row.mimetype);
      if (!(await ffmpeg.isThere())) {
        if (isOpus) return { row };
        throw new Failure('MEDIA_CONVERSION_UNAVAILABLE');
      }
      return withCopy(row, async (path) => {
        const made = isOpus
          ? row
          : await take(
              row,
              ffmpeg.run(path, [...voiceArgs, '-b:a', '32k', '-f', 'ogg', '-']),
              'audio/ogg',
              'ogg',
            );
        const samples = ffmpeg.run(path, ['-vn', '-ac', '1', '-ar', String(sampleRate), '-f', 's16le', '-']);
        return { row: made, waveform: await waveformOf(samples) };
      }).catch((error: unknown) => {
        if (error instanceof Failure) throw error;
        throw new Failure('MEDIA_UNREADABLE', { says: 'The sound can not be read.', cause: error });
      });
    },
  };
}

export type Fit = ReturnType<typeof createFit>;
