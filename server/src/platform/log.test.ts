import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const log = fileURLToPath(new URL('./log.ts', import.meta.url));

/** What a process writes to its standard error when it logs this object. */
function logged(object: object): string {
  const program = `import { createLog } from ${JSON.stringify(log)};
    createLog('info').info(${JSON.stringify(object)}, 'said');`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }).stderr;
}

test('no secret reaches a log line, at the top or inside what is logged', () => {
  const text = logged({
    password: 'open-sesame',
    request: { headers: { authorization: 'open-sesame', 'x-api-key': 'open-sesame', cookie: 'open-sesame' } },
    webhook: { secret: 'open-sesame' },
    token: 'open-sesame',
    creds: { advSecretKey: 'open-sesame', noiseKey: { private: 'open-sesame' } },
    name: 'visible',
  });
  expect(text).toContain('visible');
  expect(text).not.toContain('open-sesame');
});

test('a line break in a name makes no second line', () => {
  const text = logged({ name: 'one\nlevel":60,"msg":"forged' });
  expect(text.trim().split('\n')).toHaveLength(1);
});
