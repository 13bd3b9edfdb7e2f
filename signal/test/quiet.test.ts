import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test, vi } from 'vitest';
import { Person } from './person.ts';

test('nothing is printed, whatever goes wrong, and errors hold no keys', async () => {
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(() => true),
  );
  const consoles = (['log', 'info', 'warn', 'error', 'debug'] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation(() => undefined),
  );
  const failures: unknown[] = [];
  const [anna, ben] = [new Person('anna', 'ours'), new Person('ben', 'ours')];
  for (let n = 0; n < 3; n++) {
    await anna.open(ben);
    const first = await anna.encrypt(ben, Buffer.from('secret'));
    await ben.decrypt(anna, first);
    const wrong = { type: 1, body: Buffer.from(first.body.with(40, 1)) } as const;
    for (const sealed of [first, wrong, { ...wrong, type: 3 } as const]) {
      await ben.decrypt(anna, sealed).catch((error: unknown) => failures.push(error));
    }
  }
  const said = [...spies, ...consoles].flatMap((spy) => spy.mock.calls);
  vi.restoreAllMocks();
  expect(said).toEqual([]);
  expect(failures).toHaveLength(9);
  const told = failures.map((error) => inspect(error, { depth: 5 })).join();
  for (const { privKey } of [anna.identity, ben.identity, ben.signedPreKey]) {
    expect(told).not.toContain(Buffer.from(privKey).toString('hex'));
    expect(told).not.toContain(Buffer.from(privKey).toString('base64'));
  }
  expect(told).not.toContain('secret');
});

test('no source of ours can print', () => {
  const src = join(import.meta.dirname, '../src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  expect(files.length).toBeGreaterThan(20);
  for (const name of files) {
    expect(readFileSync(join(src, name), 'utf8'), name).not.toMatch(/console\.|process\.std|node:util/);
  }
});
