import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * Builds the dashboard and weighs it, compressed as the oldest browsers ask for it: what the first load of each page
 * fetches before it is drawn, and each page by itself. Fails above the budgets; `--print` shows every page.
 */
const firstLoadMax = 250_000;
const pageMax = 80_000;

/** A line of Vite's manifest. */
interface Chunk {
  file: string;
  src?: string;
  isEntry?: boolean;
  isDynamicEntry?: boolean;
  imports?: string[];
  css?: string[];
}

const folder = mkdtempSync(join(tmpdir(), 'mwa-sizes-'));
try {
  const vite = ['build', 'web', '--logLevel', 'error', '--outDir', folder, '--emptyOutDir'];
  const built = spawnSync('node_modules/.bin/vite', vite, { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`The dashboard can't be built:\n${built.stdout}${built.stderr}`);
  weigh(JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')));
} finally {
  rmSync(folder, { recursive: true });
}

function weigh(manifest: Record<string, Chunk>): void {
  const entry = Object.keys(manifest).find((name) => name === 'index.html');
  if (entry === undefined) throw new Error('The manifest has no index.html.');
  const frame = filesOf(manifest, [entry]);
  for (const word of shellWords(manifest)) for (const file of filesOf(manifest, [word])) frame.add(file);
  const problems: string[] = [];
  const lines: string[] = [`${kilobytes(sizeOf(frame))} before any page`];
  for (const [name, { isDynamicEntry, src = '' }] of Object.entries(manifest)) {
    if (!isDynamicEntry || !/-page\.tsx$/.test(src)) continue;
    const own = new Set([...filesOf(manifest, [name])].filter((file) => !frame.has(file)));
    const first = new Set([...frame, ...own]);
    lines.push(`${kilobytes(sizeOf(first))} first load, ${kilobytes(sizeOf(own))} its own: ${src}`);
    if (sizeOf(own) > pageMax)
      problems.push(`${src} is ${kilobytes(sizeOf(own))} by itself: load its heavy parts later.`);
    if (sizeOf(first) > firstLoadMax)
      problems.push(`The first load of ${src} is ${kilobytes(sizeOf(first))}.`);
  }
  if (process.argv.includes('--print')) console.log(lines.join('\n'));
  if (problems.length === 0) return;
  console.error(problems.join('\n'));
  process.exitCode = 1;
}

/** What is loaded with these, styles included. */
function filesOf(manifest: Record<string, Chunk>, names: readonly string[]): Set<string> {
  const files = new Set<string>();
  const seen = new Set<string>();
  const add = (name: string) => {
    const chunk = manifest[name];
    if (!chunk || seen.has(name)) return;
    seen.add(name);
    files.add(chunk.file);
    for (const style of chunk.css ?? []) files.add(style);
    for (const other of chunk.imports ?? []) add(other);
  };
  for (const name of names) add(name);
  return files;
}

/** Texts of the frame in the language whose are longest. */
function shellWords(manifest: Record<string, Chunk>): string[] {
  return Object.keys(manifest).filter((name) =>
    /src\/(shell\/words|words\/(ui|failures))\/ar\.ts$/.test(name),
  );
}

function sizeOf(files: Iterable<string>): number {
  let bytes = 0;
  for (const file of files) bytes += gzipSync(readFileSync(join(folder, file)), { level: 9 }).length;
  return bytes;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
