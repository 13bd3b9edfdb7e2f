import { Failure } from '../../platform/failures.ts';
import type { ByteRange } from '../../platform/storage/storage.ts';

/**
 * What a `Range` header asks for. Several ranges at once, and units we don't know, are answered with the whole file, as
 * RFC 9110 allows.
 * @throws Failure RANGE_NOT_SATISFIABLE
 */
export function readRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const last = size - 1;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? last : Math.min(Number(to), last);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  if (start > last || (from === '' && Number(to) === 0)) throw new Failure('RANGE_NOT_SATISFIABLE');
  return { start, end };
}
