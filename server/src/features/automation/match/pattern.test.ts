import { expect, test } from 'vitest';
import { compilePattern, matchesPattern } from './pattern.ts';

test('no expression of a user takes long; what can not be linear is refused', () => {
  const evil = [
    '(a+)+$',
    '(a|a)*$',
    '(a|aa)+$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '(.*a){20}$',
    '([a-zA-Z]+)*$',
    '(a*)*b',
    '(x+x+)+y',
  ];
  const texts = [`${'a'.repeat(4_095)}!`, 'x'.repeat(4_096), 'aA'.repeat(2_048)];
  const cpuMs = (pattern: string, text: string) => {
    const begun = process.cpuUsage();
    matchesPattern(pattern, 'i', text);
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1_000;
  };
  // The least CPU of several: what else the machine does is not counted, and what is exponential stays so.
  const worst = evil.map((pattern) =>
    Math.max(...texts.map((text) => Math.min(...[1, 2, 3, 4, 5].map(() => cpuMs(pattern, text))))),
  );
  expect(worst.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(100);
  for (const pattern of [
    '(?=a)b',
    '(a)\\1',
    '(?<!a)b',
    `${'a'.repeat(1_025)}`,
    '((a{100}){100}){100}',
    '',
    '[',
  ]) {
    expect([pattern, typeof compilePattern(pattern)]).toEqual([pattern, 'string']);
  }
  expect(compilePattern('a', 'y')).toContain('flag y');
});
