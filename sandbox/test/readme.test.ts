import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { TestSandbox, temporaryFolder } from './kit.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

test('the program as printed in the README pairs and prints the message the README sends', async () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [, program = ''] = /```js\n(.+?)```/s.exec(readme) ?? [];
  const [, path = '', body = ''] = /curl localhost:3900(\S+) .+?-d '(.+?)'/s.exec(readme) ?? [];
  const kit = await TestSandbox.start();
  using folder = temporaryFolder();
  const here = program
    .replaceAll('127.0.0.1:3900', new URL(kit.url).host)
    .replace("'auth'", JSON.stringify(folder.path));
  expect(here).toContain(folder.path);
  const child = spawn(process.execPath, ['--input-type=module', '--eval', here], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    let said = '';
    child.stdout.on('data', (piece: Buffer) => {
      said += piece.toString();
    });
    const state = async () =>
      (await kit.get<{ devices: { state: string }[] }>('/api/phones/628111000111')).body.devices[0]?.state;
    await until('the login', async () => (await state()) === 'active');
    expect((await kit.post(path, JSON.parse(body))).status).toBe(200);
    await until('the message', () => said.split('\n').includes('Hello'));
  } finally {
    child.kill('SIGKILL');
    await kit.close();
  }
});
