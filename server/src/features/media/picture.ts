import type { Sharp, SharpOptions } from 'sharp';
import { createTurns } from '../../platform/concurrency/in-turn.ts';
import { once } from '../../platform/concurrency/once.ts';
import { Failure } from '../../platform/failures.ts';

export interface Picture {
  width: number;
  height: number;
  /** WebP, at most 480 pixels wide and high; undefined where it would cost too much or can't be made. */
  thumbnail: Buffer | undefined;
}

/** What browsers and phones show; other pictures are stored as they are. */
const readable = /^image\/(jpeg|png|webp|gif)$/;
/** No camera makes more; what claims to has been made to fill memories. */
const pixelsMax = 268_000_000;
/** Pictures that come in rows need little memory, those that come finer and finer all of it. */
const thumbnailPixelsMax = { inRows: 100_000_000, whole: 16_000_000 };
const thumbnailSide = 480;
const stickerSide = 512;
const avatarSide = 640;
const previewSide = 96;
const thumbnailSecondsMax = 10;

/** One at a time, off the event loop: a hundred large pictures at once must not take a hundred times the memory. */
const turns = createTurns();
const library = once(async () => {
  const { default: sharp } = await import('sharp');
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
});

export type PictureProblem = { problem: 'pixels'; width: number; height: number } | { problem: 'unreadable' };

/** Size and thumbnail of a picture; undefined for a type that is not read. Only its head is read before its size is known. */
export async function readPicture(
  path: string,
  mimetype: string,
): Promise<Picture | PictureProblem | undefined> {
  if (!readable.test(mimetype)) return undefined;
  const sharp = await library();
  const opened = (options: SharpOptions): Sharp => sharp(path, { animated: false, ...options });
  return turns.inTurn('picture', async () => {
    // Without a limit here, so that we can say what the size is.
    const head = await opened({ limitInputPixels: false })
      .metadata()
      .catch(() => undefined);
    if (!head) return { problem: 'unreadable' };
    const { width, height } = head.autoOrient ?? head;
    if (width * height > pixelsMax) return { problem: 'pixels', width, height };
    const most = head.isProgressive ? thumbnailPixelsMax.whole : thumbnailPixelsMax.inRows;
    const thumbnail =
      width * height > most
        ? undefined
        : await opened({ limitInputPixels: most, sequentialRead: true })
            .timeout({ seconds: thumbnailSecondsMax })
            .autoOrient()
            .resize(thumbnailSide, thumbnailSide, { fit: 'inside', withoutEnlargement: true })
            .webp({ quality: 70 })
            .toBuffer()
            .catch(() => undefined);
    return { width, height, thumbnail };
  });
}

/** A picture as JPEG, as large as it is. @throws Failure MEDIA_UNREADABLE, MEDIA_PIXELS_EXCEEDED */
export const toJpeg = (path: string) =>
  redrawn(path, (picture) => picture.flatten({ background: '#ffffff' }).jpeg({ quality: 88 }));

/** A picture as a sticker: 512 pixels wide and high, what is around it transparent. @throws as {@link toJpeg} */
export const toSticker = (path: string) =>
  redrawn(path, (picture) =>
    picture
      .resize(stickerSide, stickerSide, { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } })
      .webp({ quality: 80 }),
  );

/** A picture as WhatsApp shows it of people and groups: a square JPEG. @throws as {@link toJpeg} */
export const toAvatar = (path: string) =>
  redrawn(path, (picture) =>
    picture
      .resize(avatarSide, avatarSide, { fit: 'cover' })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: 85 }),
  );

/** Of a thumbnail the very small JPEG that a message carries along; undefined when it can't be made. */
export async function toPreview(thumbnail: Buffer): Promise<Buffer | undefined> {
  const sharp = await library();
  return turns.inTurn('picture', () =>
    sharp(thumbnail)
      .resize(previewSide, previewSide, { fit: 'inside' })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: 50 })
      .toBuffer()
      .catch(() => undefined),
  );
}

async function redrawn(path: string, draw: (picture: Sharp) => Sharp): Promise<Buffer> {
  const sharp = await library();
  return turns.inTurn('picture', async () => {
    const opened = () => sharp(path, { animated: false, limitInputPixels: false });
    const head = await opened()
      .metadata()
      .catch(() => undefined);
    if (!head) throw new Failure('MEDIA_UNREADABLE');
    const pixels = (head.width ?? 0) * (head.height ?? 0);
    // It is drawn whole, whichever form it has.
    if (pixels > thumbnailPixelsMax.whole) throw new Failure('MEDIA_PIXELS_EXCEEDED');
    const picture = sharp(path, { animated: false, limitInputPixels: thumbnailPixelsMax.whole });
    return draw(picture.timeout({ seconds: thumbnailSecondsMax }).autoOrient())
      .toBuffer()
      .catch((cause: unknown) => {
        throw new Failure('MEDIA_UNREADABLE', { cause });
      });
  });
}
