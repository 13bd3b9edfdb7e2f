import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';

/** Which of the files of a media: itself, or the small picture of it. */
export const variants = ['file', 'thumbnail'] as const;
export type Variant = (typeof variants)[number];

export interface Links {
  /** A path on our origin that needs no login until it expires; the name is there for whoever saves the file. */
  path(media: { id: string; filename: string }, variant: Variant): string;
  /** How long the link is good from now, in seconds. @throws Failure MEDIA_NOT_FOUND or MEDIA_LINK_EXPIRED. */
  check(id: string, variant: Variant, token: string): number;
  /** The media that a link of ours leads to, wherever we are reached; undefined when it is none of ours or not good. */
  read(url: string): string | undefined;
}

const ourPath = /^\/api\/v1\/media\/([\w-]+)\/file\/([\w.-]+)(?:\/[^/]*)?$/;

/** `seconds` is how long a link is good at least. */
export function createLinks({
  vault,
  clock,
  seconds,
}: {
  vault: Vault;
  clock: Clock;
  seconds: number;
}): Links {
  const key = vault.derive('media-links');
  const nowSeconds = () => Math.floor(clock.now().getTime() / 1_000);
  const sign = (id: string, variant: Variant, expires: number) =>
    createHmac('sha256', key).update(`${id}/${variant}/${expires}`).digest('base64url');

  function check(id: string, variant: Variant, token: string): number {
    const [expiry = '', signature = ''] = token.split('.');
    const expires = Number.parseInt(expiry, 36);
    const [given, right] = [Buffer.from(signature), Buffer.from(sign(id, variant, expires))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) throw new Failure('MEDIA_NOT_FOUND');
    if (expires <= nowSeconds()) throw new Failure('MEDIA_LINK_EXPIRED');
    return expires - nowSeconds();
  }

  return {
    path({ id, filename }, variant) {
      // In steps, so that the same link is given for a while and a browser finds it in its cache.
      const step = Math.ceil(seconds / 4);
      const expires = Math.ceil((nowSeconds() + seconds) / step) * step;
      const token = `${expires.toString(36)}.${sign(id, variant, expires)}`;
      const name = filename === '' ? '' : `/${encodeURIComponent(filename)}`;
      return `/api/v1/media/${id}/${variant}/${token}${name}`;
    },
    check,
    read(url) {
      const path = url.startsWith('/') ? url : URL.parse(url)?.pathname;
      const [, id = '', token = ''] =
        ourPath.exec(path?.replace(/^.*(?=\/api\/v1\/media\/)/, '') ?? '') ?? [];
      if (!isUuid(id)) return undefined;
      try {
        check(id, 'file', token);
        return id;
      } catch {
        return undefined;
      }
    },
  };
}
