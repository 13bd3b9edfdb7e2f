import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestSandbox } from './kit.ts';

let kit: TestSandbox;
beforeAll(async () => {
  kit = await TestSandbox.start();
});
afterAll(() => kit.close());

const at = (path: string) => `${kit.url}${path}`;
const json = { 'content-type': 'application/json' };
const put = (path: string, body: object) =>
  fetch(at(path), { method: 'PUT', headers: json, body: JSON.stringify(body) });
const state = async (name: string) => (await (await fetch(at(`/api/receivers/${name}`))).json()) as any;

test('a receiver keeps what it gets, says whether the signature was right, answers as told', async () => {
  const secret = `whsec_${Buffer.from('a secret of thirty-two bytes....').toString('base64')}`;
  await put('/api/receivers/orders', { secret });
  const body = '{"event":"message.received","text":"grüße"}';
  const signed = (text: string) =>
    `v1,${createHmac('sha256', 'a secret of thirty-two bytes....').update(`m1.5.${text}`).digest('base64')}`;
  const post = (headers: Record<string, string>) =>
    fetch(at('/api/receivers/orders'), { method: 'POST', headers: { ...json, ...headers }, body });
  const stamps = { 'webhook-id': 'm1', 'webhook-timestamp': '5' };
  expect((await post({ ...stamps, 'webhook-signature': `v1,AAAA ${signed(body)}` })).status).toBe(200);
  await post({ ...stamps, 'webhook-signature': signed('another body') });
  await put('/api/receivers/orders', { answer: 503 });
  expect((await post({})).status).toBe(503);
  const { count, received } = await state('orders');
  expect([count, received.map((one: any) => [one.id, one.signature, one.answered, one.body])]).toEqual([
    3,
    [
      [3, 'absent', 503, body],
      [2, 'wrong', 200, body],
      [1, 'right', 200, body],
    ],
  ]);
  expect(received[2].headers).toMatchObject(stamps);
});

test('a receiver without a secret can’t judge, keeps the newest 100, and is forgotten when told', async () => {
  for (let n = 0; n < 101; n++) {
    await fetch(at('/api/receivers/many'), {
      method: 'POST',
      headers: { 'webhook-signature': 'v1,x' },
      body: `${n}`,
    });
  }
  const { count, received } = await state('many');
  expect([count, received.length, received[0].body, received[0].signature]).toEqual([
    101,
    100,
    '100',
    'unknown',
  ]);
  await fetch(at('/api/receivers/many'), { method: 'DELETE' });
  expect((await fetch(at('/api/receivers/many'))).status).toBe(404);
  expect((await put('/api/receivers/no%20name', {})).status).toBe(400);
});

test('a screen shows what is there, what comes, and how messages change', async () => {
  const [anna, bert] = ['628777100001', '628777100002'];
  const write = async (from: string, to: string, text: string) =>
    fetch(at(`/api/phones/${from}/messages`), {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ to, type: 'text', text }),
    });
  for (const number of [anna, bert]) {
    await fetch(at('/api/phones'), { method: 'POST', headers: json, body: JSON.stringify({ number }) });
  }
  await write(anna, bert, 'before');
  const answer = await fetch(at(`/api/phones/${anna}/screen`));
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const reader = (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const shows = async (pattern: RegExp) => {
    while (!pattern.test(text)) {
      const { done, value = '' } = await reader.read();
      if (done) throw new Error(`the screen ended without ${pattern}: ${text}`);
      text += value;
    }
  };
  await shows(/event: phone\ndata: .*"number":"628777100001"/);
  await shows(/event: message\ndata: .*"text":"before"/);
  await write(bert, anna, 'hello');
  await shows(/"text":"hello"/);
  await fetch(at(`/api/phones/${bert}/read`), {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ chat: anna }),
  });
  await shows(/data: [^\n]*"text":"before"[^\n]*"read"|data: [^\n]*"read"[^\n]*"text":"before"/);
  await reader.cancel();
  expect((await fetch(at('/api/phones/nobody/screen'))).status).toBe(400);
});
