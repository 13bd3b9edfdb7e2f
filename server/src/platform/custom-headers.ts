import type { Problem } from './failures.ts';

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

/** What keeps these from being sent as custom headers: each that is malformed or reserved, below `path`, and too many. */
export function problemsOfHeaders(headers: Readonly<Record<string, string>>, path: string): Problem[] {
  const problems = Object.entries(headers).flatMap(([name, value]) => {
    const problem = problemOfHeader(name, value);
    return problem ? [{ path: `${path}/${name}`, problem }] : [];
  });
  if (Object.keys(headers).length <= countMax) return problems;
  return [...problems, { path, problem: `must hold at most ${countMax} headers` }];
}

/** Why a custom header can't be sent; undefined when it can. */
export function problemOfHeader(given: string, value: string): string | undefined {
  const name = given.toLowerCase();
  if (!token.test(name)) return 'is not a header name';
  if (reserved.has(name) || ours.test(name)) return 'is set by the server and cannot be replaced';
  if (!visible.test(value)) return 'holds characters that a header cannot carry';
  if (value.length > 4096) return 'is longer than 4096 characters';
  return undefined;
}
