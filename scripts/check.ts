import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** One rule a machine keeps: answers the sentences to print, none when all is well. */
interface Rule {
  name: string;
  run(): string[];
}

const linesMax = { code: 400, test: 500 };
const testNameMax = 90;

const rules: Rule[] = [
  { name: 'types', run: () => [...command('tsc', '-p', 'server'), ...command('tsc', '-p', 'sandbox')] },
  { name: 'lint and format', run: () => command('biome', 'ci', '--error-on-warnings', '.') },
  { name: 'import directions and cycles', run: () => command('depcruise', 'server/src', 'sandbox/src') },
  { name: 'dead code', run: () => command('knip', '--no-progress') },
  { name: 'file sizes', run: sizes },
  { name: 'environment is read in one place', run: environment },
  { name: 'API description', run: () => command('node', 'server/scripts/openapi.ts', '--check') },
  { name: 'table of access', run: () => command('node', 'server/scripts/access.ts', '--check') },
  { name: 'contents of messages', run: () => command('node', 'server/scripts/contents.ts', '--check') },
  { name: 'catalogue of events', run: () => command('node', 'server/scripts/events.ts', '--check') },
  { name: 'owners of tables', run: () => command('node', 'scripts/tables.ts', '--check') },
  { name: 'SQL in stores', run: () => command('node', 'scripts/stores.ts') },
  { name: 'table of faults', run: faults },
  { name: 'names of tests', run: testNames },
];

let failed = 0;
for (const rule of rules) {
  const startedMs = performance.now();
  const problems = rule.run();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${rule.name} (${seconds} s)`);
  for (const problem of problems) console.log(`     ${problem}`);
  if (problems.length > 0) failed += 1;
}
if (failed > 0) {
  console.log(`\n${failed} of ${rules.length} rules are broken.`);
  process.exitCode = 1;
}

function command(program: string, ...args: string[]): string[] {
  const done = spawnSync(`node_modules/.bin/${program}`, args, { encoding: 'utf8', maxBuffer: 64_000_000 });
  if (done.status === 0) return [];
  const said = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim();
  return said.length > 0
    ? said.split('\n').slice(-80)
    : [`${program} ended with ${done.status ?? done.error}`];
}

function sources(): string[] {
  const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
    encoding: 'utf8',
  });
  return listed.stdout.split('\n').filter((path) => path.length > 0 && existsSync(path));
}

function sizes(): string[] {
  const counted = sources().map((path) => ({
    path,
    lines: readFileSync(path, 'utf8').split('\n').length - 1,
  }));
  const problems = counted
    .filter(({ path, lines }) => lines > (path.endsWith('.test.ts') ? linesMax.test : linesMax.code))
    .map(({ path, lines }) => `${path} has ${lines} lines: split it by what its parts know.`);
  const code = counted.filter(({ path }) => !path.endsWith('.test.ts')).map(({ lines }) => lines);
  const median = code.sort((a, b) => a - b)[Math.floor(code.length / 2)] ?? 0;
  if (median >= 100) problems.push(`The median file has ${median} lines; it should stay below 100.`);
  return problems;
}

/** Settings arrive as values; only the entry points hand the environment to the one file that reads it. */
function environment(): string[] {
  const allowed =
    /^(server\/src\/main\.ts|sandbox\/src\/main\.ts|scripts\/|(server|sandbox)\/(scripts|bench|test)\/|.*\.test\.ts$)/;
  return sources()
    .filter((path) => !allowed.test(path) && /process\.env/.test(readFileSync(path, 'utf8')))
    .map((path) => `${path} reads process.env: take the value as an argument, from platform/config.`);
}

/** Each row of docs/faults.md names the test that proves the fault avoided; the test must be there. */
function faults(): string[] {
  if (!existsSync('docs/faults.md'))
    return ['docs/faults.md is missing: list each known fault with its test.'];
  const tests = sources().filter((path) => path.endsWith('.test.ts'));
  const texts = tests.map((path) => readFileSync(path, 'utf8')).join('\n');
  const rows = readFileSync('docs/faults.md', 'utf8')
    .split('\n')
    .filter((line) => /^\| [A-Z]+\d+ \|/.test(line));
  const problems = rows.length === 0 ? ['docs/faults.md has no rows.'] : [];
  for (const row of rows) {
    const [, id = '', , test = ''] = row.split('|').map((cell) => cell.trim());
    const name = /`([^`]+)`/.exec(test)?.[1];
    if (!name) problems.push(`docs/faults.md: ${id} names no test.`);
    else if (!texts.includes(name))
      problems.push(`docs/faults.md: ${id} names a test that does not exist: ${name}`);
  }
  return problems;
}

/** The name of a test states one guarantee, so a long one holds two tests or a reason. */
function testNames(): string[] {
  const named =
    /(?:\b(?:test|it|describe)(?:\.\w+)*|[\])>])\(\s*(['"`])((?:\\.|(?!\1).)+)\1,\s*(?:async\b|\(|\{|\w+ =>)/g;
  return sources().flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    if (!text.includes("from 'vitest'")) return [];
    return [...text.matchAll(named)]
      .filter(([, , name = '']) => name.length > testNameMax)
      .map(
        ([, , name = '']) =>
          `${path}: "${name}" has ${name.length} characters; state one guarantee in ${testNameMax}.`,
      );
  });
}
