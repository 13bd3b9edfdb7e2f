import { Failure, type Problem } from '../../platform/failures.ts';

/** Headers of ours and of the transport, which a custom header may not replace. */
const reserved = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const ours = /^(x-multiwa-|webhook-)/;
const token = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const visible = /^[\t\x20-\x7e\x80-\xff]*$/;
const countMax = 20;

/**
 * Custom headers of a request body.
 * @throws Failure VALIDATION_ERROR with every header that is malformed or reserved.
 */
export function readHeaders(headers: Record<string, string>): Record<string, string> {
  const problems: Problem[] = Object.entries(headers).flatMap(([name, value]) => {
    const problem = problemOf(name.toLowerCase(), value);
    return problem ? [{ path: `/headers/${name}`, problem }] : [];
  });
  if (Object.keys(headers).length > countMax) {
    problems.push({ path: '/headers', problem: `must hold at most ${countMax} headers` });
  }
  if (problems.length > 0) {
    throw new Failure('VALIDATION_ERROR', {
      says: 'The custom headers are not usable.',
      details: problems,
    });
  }
  return headers;
}

function problemOf(name: string, value: string): string | undefined {
  if (!token.test(name)) return 'is not a header name';
  if (reserved.has(name) || ours.test(name)) return 'is set by the server and cannot be replaced';
  if (!visible.test(value)) return 'holds characters that a header cannot carry';
  if (value.length > 4096) return 'is longer than 4096 characters';
  return undefined;
}
