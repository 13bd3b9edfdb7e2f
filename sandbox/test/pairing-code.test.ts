import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, TestSandbox, until } from './kit.ts';

let kit: TestSandbox;
beforeAll(async () => {
  kit = await TestSandbox.start();
});
afterAll(() => kit.close());

async function showingCode(number: string): Promise<{ client: Client; code: string }> {
  const client = kit.client();
  client.connect();
  await until('a QR', () => client.qr);
  const code = await client.live.requestPairingCode(number);
  return { client, code };
}

/** The network has heard of the code once its answer is in the ledger. */
async function announced(): Promise<void> {
  await until('the announcement', async () =>
    (await kit.ledger('kind=stanza')).some((line) => line.flags.includes('child=link_code_companion_reg')),
  );
}

test('a client pairs by the code the person types, and is the account it asked for', async () => {
  const { client, code } = await showingCode('628222000001');
  await announced();
  const answer = await kit.post('/api/phones/628222000001/enter-code', {
    code: `${code.slice(0, 4)}-${code.slice(4)}`.toLowerCase(),
  });
  expect(answer).toMatchObject({ status: 200, body: { number: '628222000001', device: 1 } });
  await client.closed(515);
  await client.login();
  await until('the first sync', () => client.creds.accountSyncCounter > 0);
  expect(client.creds.registered).toBe(true);
});

test('a wrong code is refused to the person and links nothing', async () => {
  const { code } = await showingCode('628222000002');
  await until(
    'the announcement',
    async () =>
      (
        await kit.post('/api/phones/628222000002/enter-code', {
          code: code === 'AAAAAAAA' ? 'BBBBBBBB' : 'AAAAAAAA',
        })
      ).body.error,
  );
  const answer = await kit.post<{ error: { code: string } }>('/api/phones/628222000002/enter-code', {
    code: 'ZZZZZZZZ',
  });
  expect(answer.status).toBe(400);
  expect(answer.body.error.code).toBe('CODE_WRONG');
  expect((await kit.get('/api/phones/628222000002')).body).toMatchObject({ devices: [] });
});

test('a code for a number that nobody asks to link is unknown', async () => {
  const answer = await kit.post<{ error: { code: string } }>('/api/phones/628222000003/enter-code', {
    code: 'ABCDEFGH',
  });
  expect(answer.status).toBe(404);
  expect(answer.body.error.code).toBe('CODE_UNKNOWN');
});
