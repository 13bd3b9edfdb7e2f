import type { MediaHost } from '../media/host.ts';
import { node } from '../wire/node.ts';
import { type QueryHandler, UNKNOWN } from './answer.ts';

const BUCKETS_MAX = 12;

/** xmlns `w:m`: where files go, and what lets the caller upload. */
export function mediaQueries(media: MediaHost): QueryHandler {
  return ({ caller, connection, ask }) => {
    if (ask.tag !== 'media_conn') return UNKNOWN;
    const host = node('host', {
      hostname: media.hostname(connection.address),
      type: 'primary',
      maxContentLengthBytes: media.files.fileBytesMax,
    });
    const { validSeconds: ttl } = media;
    const attributes = { auth: media.authorise(caller), ttl, auth_ttl: ttl, max_buckets: BUCKETS_MAX };
    return { content: [node('media_conn', attributes, [host])] };
  };
}
