/** Values that no field of ours is made for; most are wrong everywhere, some are merely strange. */
export const strange: unknown[] = [
  null,
  '',
  ' ',
  5,
  -1,
  1.5,
  1e308,
  true,
  [],
  [[]],
  [null],
  {},
  { $ne: 1 },
  { toString: 1, valueOf: {} },
  'x'.repeat(100_000),
  'a\u0000b',
  '\ud800',
  '👩‍👩‍👧 \u202Eمرحبا\u202C שלום',
  '../../etc/passwd',
  `'; drop table messages; --`,
  '{{constructor.constructor("return process")()}}',
  '999999999999999999999999',
  Array(1_000).fill('x'),
  Array(60)
    .fill(0)
    .reduce((inside) => [inside], 'deep'),
];
/** The same for addresses. */
export const strangeTexts = [
  '',
  ' ',
  'x',
  '-1',
  '0',
  '1.5',
  '1e999',
  'NaN',
  '99999999999999999999',
  '%00',
  '%ff',
  '%F0%9F%A6%8A',
  'x'.repeat(3_000),
  '%27%20or%201%3D1--',
  '%7B%22%24ne%22%3A1%7D',
  'true,false',
  '__proto__',
  '..%2f..%2f',
];
/** Tokens and keys that nobody was given. */
export const forged = [
  'x',
  'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTk5ZDZhMi03YjFjLTdlNTItOWE1MS0wZjZiMGQyZjNjMTEiLCJleHAiOjk5OTk5OTk5OTl9.c2lnbmF0dXJl',
  `mwa_${'0'.repeat(64)}`,
  'a.b.c',
  "' or 1=1 --",
];
