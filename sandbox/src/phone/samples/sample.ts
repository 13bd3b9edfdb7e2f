import type { MediaKind, NewMedia } from '../contents/new-message.ts';
import { HEIGHT, mp4, WIDTH } from './movie.ts';
import { pdf } from './paper.ts';
import { jpeg, png, webp } from './pictures.ts';
import { ogg } from './sound.ts';

/** A file with what is known of it. */
interface Sample {
  readonly data: Buffer;
  readonly mimetype: string;
  readonly width?: number;
  readonly height?: number;
  readonly pages?: number;
}

const SECONDS = 1;
const [PICTURE, STICKER] = [64, 512];

const movie = ({ seconds = SECONDS }: NewMedia): Sample => ({
  data: mp4(seconds),
  ...{ mimetype: 'video/mp4', width: WIDTH, height: HEIGHT },
});
const sound = ({ seconds = SECONDS }: NewMedia): Sample => ({
  data: ogg(seconds),
  mimetype: 'audio/ogg; codecs=opus',
});

const SAMPLES: Record<MediaKind, (body: NewMedia) => Sample> = {
  image: ({ mimetype }) => {
    const size = { width: PICTURE, height: PICTURE };
    if (mimetype === 'image/png') return { data: png(PICTURE), mimetype, ...size };
    return { data: jpeg(PICTURE), mimetype: 'image/jpeg', ...size };
  },
  video: movie,
  gif: movie,
  ptv: movie,
  voice: sound,
  audio: sound,
  document: ({ fileName = 'sample.pdf' }) => ({ data: pdf(fileName), mimetype: 'application/pdf', pages: 1 }),
  sticker: () => ({ data: webp(STICKER), mimetype: 'image/webp', width: STICKER, height: STICKER }),
};

/** A small valid file of a kind, for when none is given. */
export function sampleFor(body: NewMedia): Sample {
  return SAMPLES[body.type](body);
}
