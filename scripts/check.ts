import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { everyProject } from '../vitest.workers.ts';

/** One rule a machine keeps: answers the sentences to print, none when all is well. */
interface Rule {
  name: string;
  run(): string[];
}

const linesMax = { code: 400, test: 500 };
const testNameMax = 90;

const rules: Rule[] = [
  {
    name: 'types',
    run: () =>
      ['server', 'sandbox', 'signal', 'sdk', 'web', 'web/test'].flatMap((folder) =>
        command('tsc', '-p', folder),
      ),
  },
  { name: 'lint and format', run: () => command('biome', 'ci', '--error-on-warnings', '.') },
  {
    name: 'import directions and cycles',
    run: () =>
      command(
        'depcruise',
        ...['server/src', 'sandbox/src', 'signal/src', 'signal/stand-in', 'sdk/src', 'web/src'],
      ),
  },
  { name: 'dead code', run: () => command('knip', '--no-progress') },
  { name: 'file sizes', run: sizes },
  { name: 'environment is read in one place', run: environment },
  { name: 'API description', run: () => command('node', 'server/scripts/openapi.ts', '--check') },
  { name: 'client for programs', run: () => command('node', 'sdk/scripts/generate.ts', '--check') },
  { name: 'table of access', run: () => command('node', 'server/scripts/access.ts', '--check') },
  { name: 'contents of messages', run: () => command('node', 'server/scripts/contents.ts', '--check') },
  { name: 'catalogue of events', run: () => command('node', 'server/scripts/events.ts', '--check') },
  { name: 'owners of tables', run: () => command('node', 'scripts/tables.ts', '--check') },
  { name: 'SQL in stores', run: () => command('node', 'scripts/stores.ts') },
  { name: 'table of faults', run: faults },
  { name: 'names of tests', run: testNames },
  { name: 'patience of tests', run: testPatience },
  { name: 'styles and texts of the dashboard', run: dashboardManners },
  { name: 'sizes of the dashboard', run: () => command('node', 'scripts/web-sizes.ts') },
  { name: 'licences of what ships', run: licences },
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
  const kinds = ['*.ts', '*.tsx'];
  const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...kinds], {
    encoding: 'utf8',
  });
  return listed.stdout
    .split('\n')
    .filter((path) => path.length > 0 && !path.startsWith('sdk/src/generated/') && existsSync(path));
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
    /^(server\/src\/main\.ts|sandbox\/src\/main\.ts|scripts\/|(server|sandbox|signal|sdk|web)\/(scripts|bench|test)\/|web\/src\/.*\/snippets\.ts$|.*\.test\.ts$)/;
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

/** What the policy of the page forbids, and what would not follow the direction of a language. */
function dashboardManners(): string[] {
  const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'web'], {
    encoding: 'utf8',
  });
  const rules: [RegExp, RegExp, string][] = [
    [/\.css$/, /^\s*(?:[\w-]+-)?(?:left|right)(?:-[\w-]+)?\s*:/, 'use inline-start and inline-end'],
    [/\.css$/, /:\s*(?:left|right)\s*[;}]/, 'use start and end'],
    [
      /^web\/src\/.*\.tsx?$/,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write/,
      'texts are text nodes',
    ],
    [/^web\/src\/.*\.tsx?$/, /\bnew Function\b|\beval\(/, 'the policy of the page forbids it'],
  ];
  return listed.stdout
    .split('\n')
    .filter((path) => path.length > 0 && existsSync(path))
    .flatMap((path) =>
      rules
        .filter(([file]) => file.test(path))
        .flatMap(([, found, instead]) =>
          readFileSync(path, 'utf8')
            .split('\n')
            .flatMap((line, at) =>
              found.test(line) ? [`${path}:${at + 1} ${line.trim()}: ${instead}.`] : [],
            ),
        ),
    );
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

/** A test with less time than the others fails on a busy machine only, and says nothing about the code. */
function testPatience(): string[] {
  const limit = /^\s*\}, ([\d_]+)\);$/gm;
  return sources()
    .filter((path) => path.endsWith('.test.ts'))
    .flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(limit)]
        .filter(([, ms = '']) => Number(ms.replaceAll('_', '')) <= everyProject.testTimeout)
        .map(([, ms = '']) => `${path}: a limit of ${ms} ms is none or too short; leave it out.`),
    );
}

/** Nothing that is installed to run the project may ask for the GPL: a choice of licences will do. */
function licences(): string[] {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean; license?: string }>;
  };
  return Object.entries(packages)
    .filter(([, { dev, license = '' }]) => !dev && license.split(' OR ').every((one) => /\bA?GPL/.test(one)))
    .map(([path, { license }]) => `${path} is under ${license}: it may be there for development at most.`);
}
