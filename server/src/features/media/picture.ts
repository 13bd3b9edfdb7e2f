import type { Sharp, SharpOptions } from 'sharp';
import { createTurns } from '../../platform/concurrency/in-turn.ts';
import { once } from '../../platform/concurrency/once.ts';

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
