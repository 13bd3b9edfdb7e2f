import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

test('the program as printed in the README exchanges ten messages in some twenty lines', async () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, program = ''] = /```ts\n(.+?)```/s.exec(readme) ?? [];
  expect(program.split('\n').length).toBeLessThan(30);
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], { cwd: root });
  let said = '';
  child.stdout.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(said.trim().split('\n')).toEqual(Array.from({ length: 10 }, (_, n) => `message ${n + 1}`));
});
