import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { groups } from './groups.ts';
import { createReport } from './report.ts';
import { createRig } from './rig.ts';
import { type GroupName, groupTitles } from './rows.ts';
import { fullSize, quickSize } from './size.ts';

/**
 * Measures this gateway beside plain Baileys on the same sandbox in the same run; never part of a test. Words name
 * groups of rows; `--quick` only says whether the bench works; `--out` names the file that is written. Without any of
 * them `docs/bench.md` is.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, out: { type: 'string' } },
});
const known = Object.keys(groupTitles) as GroupName[];
const unknown = positionals.filter((word) => !known.includes(word as GroupName));
if (unknown.length > 0) {
  console.error(`No such group: ${unknown.join(', ')}. There are ${known.join(', ')}, and sandbox.`);
  process.exit(1);
}
const wanted = known.filter((group) => positionals.length === 0 || positionals.includes(group));
const isWhole = positionals.length === 0 && !values.quick;
const out =
  values.out ?? (isWhole ? fileURLToPath(new URL('../../docs/bench.md', import.meta.url)) : undefined);

const size = values.quick ? quickSize : fullSize;
const report = createReport();
const rig = createRig(size);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void rig.close().finally(() => process.exit(1)));

const begunMs = performance.now();
const minutes = () => `${((performance.now() - begunMs) / 60_000).toFixed(1)} min`;
try {
  for (const group of wanted) {
    const groupMs = performance.now();
    console.log(`\n${groupTitles[group]} (${group}; after ${minutes()})`);
    await groups[group]({ rig, report, size }).catch((error: unknown) => {
      process.exitCode = 1;
      report.failed(group, String(error));
      console.error(error);
    });
    console.log(`  ${group} took ${((performance.now() - groupMs) / 1000).toFixed(0)} s`);
  }
} finally {
  await rig.close();
}
const words = [...positionals, ...(values.quick ? ['--quick'] : [])];
const text = report.markdown(`npm run bench${words.length > 0 ? ` -- ${words.join(' ')}` : ''}`);
console.log(`\n${text}`);
if (out) writeFileSync(out, text);
console.log(`Took ${minutes()}${out ? `; written to ${out}` : ''}`);
process.exit();
