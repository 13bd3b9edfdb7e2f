import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, TestSandbox, until } from './kit.ts';

let kit: TestSandbox;
beforeAll(async () => {
  kit = await TestSandbox.start({ mockGroup: 'Test tools' });
});
afterAll(() => kit.close());

/** Pairs a client the way existing test tooling does: the QR text and nothing else. */
async function scanned(pushName: string): Promise<{ client: Client; number: string }> {
  const client = kit.client({ pushName });
  client.connect();
  const qr = await until('a QR', () => client.qr);
  const answer = await fetch(`${kit.url}/admin/mock-phone/scan-qr`, { method: 'POST', body: qr });
  expect(answer.status).toBe(200);
  const { number } = (await answer.json()) as { number: string };
  await client.closed(515);
  await client.login();
  return { client, number };
}

test('accounts made by test tooling share the group that a setting names, and write to each other in it', async () => {
  const [first, second] = [await scanned('one'), await scanned('two')];
  expect(first.number).not.toBe(second.number);
  const groups = Object.values(await second.client.live.groupFetchAllParticipating());
  expect(groups).toMatchObject([{ subject: 'Test tools', size: 2 }]);
  await first.client.say(groups[0]!.id, 'hello tools');
  await second.client.heard('hello tools');
});
