// Before Baileys is loaded: its groups are measured on the library it comes with.
import './stock-signal.ts';

/** Measures this layer beside the one it replaces, in CPU; with `--json` in µs of each round. Never part of a test. */
const { measureAll } = await import('./measure.ts');
const medianOf = (taken: readonly number[]): number =>
  taken.toSorted((a, b) => a - b)[Math.floor(taken.length / 2)] ?? 0;

const isForPrograms = process.argv.includes('--json');
const all = [];
for await (const measured of measureAll()) {
  all.push(measured);
  const [now, before] = [medianOf(measured.ours), medianOf(measured.old)];
  const figures = `${now.toFixed(0)} µs, before ${before.toFixed(0)} µs: ${(before / now).toFixed(1)} times`;
  if (!isForPrograms) console.log(`${measured.name.padEnd(60)} ${figures}`);
}
if (isForPrograms) process.stdout.write(JSON.stringify(all));
