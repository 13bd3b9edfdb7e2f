import type { proto } from 'baileys';
import { type Content, content } from './wire-message.ts';

/** Pictures and films that come together: how many are to follow. */
export function album({ albumMessage: wire }: proto.IMessage): Content | undefined {
  if (!wire) return undefined;
  return content('album', {
    images: wire.expectedImageCount || undefined,
    videos: wire.expectedVideoCount || undefined,
  });
}
