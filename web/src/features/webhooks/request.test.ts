import { expect, test } from 'vitest';
import { aboutOf, curlOf, headersOf } from './request.ts';

const delivery = {
  id: 'd1',
  event: 'message.received',
  eventId: 'e1',
  payload: { id: 'e1', data: { messageId: 'm1', conversationId: 'c1', body: "it's ready" } },
};
const webhook = { url: 'https://example.com/hook', headers: { authorization: '****1234' }, batch: null };

test('headers are those of the attempt, and signatures are not made up', () => {
  const attempt = { attempt: 2, createdAt: '2026-02-05T10:00:00.000Z' };
  expect(headersOf(delivery, webhook, attempt)).toMatchObject({
    'x-multiwa-attempt': '2',
    'webhook-id': 'e1',
    'webhook-timestamp': '1770285600',
    'webhook-signature': 'v1,…',
    authorization: '****1234',
  });
});

test('a body with quotes survives the shell', () => {
  expect(curlOf(delivery, webhook)).toContain(String.raw`it'\''s ready`);
});

test('a delivery names the message that it is about, if there is one', () => {
  expect(aboutOf(delivery.payload)).toEqual({ messageId: 'm1', conversationId: 'c1' });
  expect(aboutOf({ data: { status: 'connected' } })).toEqual({});
});
