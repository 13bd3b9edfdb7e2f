import { randomBytes } from 'node:crypto';
import {
  type AuthenticationCreds,
  aesDecryptCTR,
  aesEncryptCTR,
  aesEncryptGCM,
  type BinaryNode,
  Curve,
  derivePairingCodeKey,
  getBinaryNodeChild,
  getBinaryNodeChildBuffer,
  hkdf,
  initAuthCreds,
} from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { RawClient } from './raw-client.ts';
import { until } from './until.ts';

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

test('a client pairs by the code the person types, is that account, and is found to do right', async () => {
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
  expect(await kit.ledger('kind=finding')).toEqual([]);
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

const CODE = 'ABCDEFGH';
interface Refusal {
  error: { code: string; message: string };
}
const enter = (number: string, code: string) =>
  kit.post<Refusal>(`/api/phones/${number}/enter-code`, { code });
const leaf = (tag: string, content: Uint8Array): BinaryNode => ({ tag, attrs: {}, content });

function reg(stage: string, number: string, content: BinaryNode[]): BinaryNode {
  const attrs = { jid: `${number}@s.whatsapp.net`, stage };
  return {
    ...{ tag: 'iq', attrs: { type: 'set', xmlns: 'md', to: '@s.whatsapp.net' } },
    content: [{ tag: 'link_code_companion_reg', attrs, content }],
  };
}

/** A client that shows a code, and answers what the person typed with whatever it is told to. */
async function rawShowing(number: string, noisePublic?: Uint8Array) {
  const creds = initAuthCreds();
  const { client } = await RawClient.register(kit, creds);
  return { client, creds, answer: await showCode(client, creds, number, noisePublic) };
}

async function showCode(
  client: RawClient,
  creds: AuthenticationCreds,
  number: string,
  noisePublic: Uint8Array = creds.noiseKey.public,
): Promise<BinaryNode> {
  const [salt, iv] = [randomBytes(32), randomBytes(16)];
  const key = await derivePairingCodeKey(CODE, salt);
  const hidden = aesEncryptCTR(creds.pairingEphemeralKeyPair.public, key, iv);
  return client.query(
    reg('companion_hello', number, [
      leaf('link_code_pairing_wrapped_companion_ephemeral_pub', Buffer.concat([salt, iv, hidden])),
      leaf('companion_server_auth_key_pub', noisePublic),
    ]),
  );
}

interface Spoilt {
  readonly companion?: Uint8Array;
  readonly named?: Uint8Array;
  readonly phone?: Uint8Array;
  readonly ref?: Uint8Array;
}

/** The client's answer to the code that the person typed. */
async function finish(client: RawClient, creds: AuthenticationCreds, number: string, spoilt: Spoilt) {
  const heard = await until('the code', () => client.heard.find(({ tag }) => tag === 'notification'));
  const hello = getBinaryNodeChild(heard, 'link_code_companion_reg');
  const part = (tag: string): Uint8Array => getBinaryNodeChildBuffer(hello, tag) as Uint8Array;
  const wrapped = Buffer.from(part('link_code_pairing_wrapped_primary_ephemeral_pub'));
  const key = await derivePairingCodeKey(CODE, wrapped.subarray(0, 32));
  const ephemeral = aesDecryptCTR(wrapped.subarray(48), key, wrapped.subarray(32, 48));
  const shared = Curve.sharedKey(creds.pairingEphemeralKeyPair.private, ephemeral);
  const [salt, iv] = [randomBytes(32), randomBytes(12)];
  const info = 'link_code_pairing_key_bundle_encryption_key';
  const own = creds.signedIdentityKey.public;
  const plain = [spoilt.companion ?? own, spoilt.phone ?? part('primary_identity_pub'), randomBytes(32)];
  const sealed = aesEncryptGCM(Buffer.concat(plain), hkdf(shared, 32, { salt, info }), iv, Buffer.alloc(0));
  return client.query(
    reg('companion_finish', number, [
      leaf('link_code_pairing_wrapped_key_bundle', Buffer.concat([salt, iv, sealed])),
      leaf('companion_identity_public', spoilt.named ?? own),
      leaf('link_code_pairing_ref', spoilt.ref ?? part('link_code_pairing_ref')),
    ]),
  );
}

test('a client that answers the right code with keys of somebody else is refused and named', async () => {
  const number = '628222000004';
  const other = Buffer.from(Curve.generateKeyPair().public);
  for (const [spoilt, why] of [
    [{ companion: other }, 'the bundle names another companion'],
    [{ named: other }, 'another identity than it registered with'],
    [{ phone: other }, 'the bundle names another phone'],
    [{ ref: Buffer.from('3@other') }, 'another reference'],
  ] as const) {
    const { client, creds } = await rawShowing(number);
    const entered = enter(number, CODE);
    expect((await finish(client, creds, number, spoilt)).attrs.type).toBe('error');
    const { status, body } = await entered;
    expect([status, body.error.code]).toEqual([409, 'PAIRING_REFUSED']);
    expect(body.error.message).toContain(why);
    const found = await kit.ledger(`kind=finding&number=${number}`);
    expect(found.at(-1)).toMatchObject({ type: 'pairing-untrue', flags: 'error=401' });
    expect(found.at(-1)?.text).toContain(why);
    client.end();
  }
  const { client, answer } = await rawShowing('628222000005', other);
  expect(answer.attrs.type).toBe('error');
  expect((await enter('628222000005', CODE)).body.error.code).toBe('CODE_UNKNOWN');
  client.end();
});

test('while one code is tried a second is refused; the first person hears when the client goes', async () => {
  const number = '628222000006';
  const { client } = await rawShowing(number);
  const first = enter(number, CODE);
  await until('the code', () => client.heard.some(({ tag }) => tag === 'notification'));
  const second = await enter(number, CODE);
  expect(second.body.error.message).toBe('A code is being tried for this number already.');
  client.end();
  expect((await first).body.error.message).toBe('The client closed before it confirmed the code.');
  const again = await rawShowing(number);
  const entered = enter(number, CODE);
  expect((await finish(again.client, again.creds, number, {})).attrs.type).toBe('result');
  await until('the offer', () =>
    again.client.heard.some(({ tag, attrs }) => tag === 'iq' && attrs.type === 'set' && attrs.t),
  );
  again.client.end();
  expect((await entered).body.error.message).toBe('The client closed before it confirmed the pairing.');
});

test('who tries a code hears at once that the client shows another one, however early that is', async () => {
  const number = '628222000009';
  const { client, creds } = await rawShowing(number);
  const tries = [enter(number, CODE), enter(number, CODE)];
  // One of them is refused because the other is at it.
  expect((await Promise.race(tries)).body.error.message).toContain('being tried');
  await showCode(client, creds, number);
  const outcomes = (await Promise.all(tries)).map(({ body }) => body.error.message);
  expect(outcomes).toContain('The client shows another code by now.');
  client.end();
});

test('the right code after a wrong one links the client', async () => {
  const number = '628222000007';
  const { client, code } = await showingCode(number);
  const wrong = code === 'AAAAAAAA' ? 'BBBBBBBB' : 'AAAAAAAA';
  await until('the wrong one', async () => (await enter(number, wrong)).body.error.code === 'CODE_WRONG');
  expect((await enter(number, code)).status).toBe(200);
  await client.closed(515);
});

test('a client whose socket drops while its code is shown is not linked, and hears so at login', async () => {
  const { client } = await showingCode('628222000008');
  await client.end();
  client.closes.length = 0;
  client.connect();
  await client.closed(401);
  expect(await kit.ledger('kind=finding&number=628222000008')).toEqual([]);
});

test('a code for a number that nobody asks to link is unknown', async () => {
  const answer = await kit.post<{ error: { code: string } }>('/api/phones/628222000003/enter-code', {
    code: 'ABCDEFGH',
  });
  expect(answer.status).toBe(404);
  expect(answer.body.error.code).toBe('CODE_UNKNOWN');
});
