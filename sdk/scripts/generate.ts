import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@hey-api/openapi-ts';

/**
 * Writes `sdk/src/generated` from `server/openapi.json`; with `--check` it only tells whether the committed files are the
 * same. The client asks for bare answers, so the envelope that the document shows around each is taken off.
 */
const generated = fileURLToPath(new URL('../src/generated', import.meta.url));
const document = JSON.parse(readFileSync(new URL('../../server/openapi.json', import.meta.url), 'utf8'));

interface Media {
  schema?: { properties?: { success?: unknown; data?: Media['schema'] } };
}
interface Operation {
  responses?: Record<string, { content?: Record<string, Media> }>;
}

for (const operations of Object.values<Record<string, Operation>>(document.paths)) {
  for (const { responses = {} } of Object.values(operations)) {
    for (const [status, { content }] of Object.entries(responses)) {
      const media = content?.['application/json'];
      const { success, data } = media?.schema?.properties ?? {};
      if (status.startsWith('2') && media && success && data) media.schema = data;
    }
  }
}

const made = mkdtempSync(join(tmpdir(), 'multiwa-sdk-'));
await createClient({
  input: document,
  output: { path: made, module: { extension: '.ts' }, entryFile: false },
  logs: { level: 'error', file: false },
  plugins: [
    '@hey-api/typescript',
    { name: '@hey-api/client-fetch', throwOnError: true },
    { name: '@hey-api/sdk', responseStyle: 'data' },
  ],
});
const isSame = sameFiles(made, generated);
if (!process.argv.includes('--check')) {
  rmSync(generated, { recursive: true, force: true });
  cpSync(made, generated, { recursive: true });
  console.log(`sdk/src/generated: ${filesOf(generated).length} files`);
} else if (!isSame) {
  console.error('sdk/src/generated is not what server/openapi.json says: run `npm run sdk` and commit it.');
  process.exitCode = 1;
}
rmSync(made, { recursive: true });

function filesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length))
    .sort();
}

function sameFiles(one: string, other: string): boolean {
  const [left, right] = [filesOf(one), filesOf(other)];
  if (left.join() !== right.join()) return false;
  return left.every((path) => readFileSync(join(one, path)).equals(readFileSync(join(other, path))));
}
