import { spawnSync } from 'node:child_process';

/**
 * `npm run bench`: the network alone (`sandbox`), then the gateway's groups of rows. Words name what is measured;
 * without words all is.
 */
const given = process.argv.slice(2);
const words = given.filter((word) => !word.startsWith('--'));
const others = given.filter((word) => word !== 'sandbox');
const programs = {
  network: ['sandbox/bench/bench.ts', ...given.filter((word) => word.startsWith('--'))],
  gateway: ['server/bench/bench.ts', ...others],
};
const wanted = [
  ...(words.length === 0 || words.includes('sandbox') ? [programs.network] : []),
  ...(words.length === 0 || words.some((word) => word !== 'sandbox') ? [programs.gateway] : []),
];
// A Ctrl-C reaches the program itself, which has to end what it began.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
for (const program of wanted) {
  const { status } = spawnSync(process.execPath, program, { stdio: 'inherit' });
  if (status === 0) continue;
  process.exitCode = 1;
  break;
}
