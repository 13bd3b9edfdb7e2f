import { expect, test } from 'vitest';
import { found, type Operation, operationsOf } from './operations.ts';
import { firstFill, requestOf, wrongOf } from './request.ts';
import { curlOf, sdkOf } from './snippets.ts';

const send: Operation = {
  id: 'postMessagesText',
  method: 'POST',
  path: '/api/v1/messages/text',
  summary: 'Send a text.',
  description: '',
  group: 'Messages',
  parameters: [],
  body: { example: { profileId: 'p0', to: '628123456789', text: "It's ready" }, isRequired: true },
};
const list: Operation = {
  id: 'getWebhookDeliveries',
  method: 'GET',
  path: '/api/v1/webhooks/{id}/deliveries',
  summary: 'Deliveries of a webhook.',
  description: '',
  group: 'Webhooks',
  parameters: [
    { name: 'id', in: 'path', isRequired: true, choices: [], says: undefined, example: undefined },
    { name: 'limit', in: 'query', isRequired: false, choices: [], says: undefined, example: undefined },
    { name: 'event', in: 'query', isRequired: false, choices: [], says: undefined, example: undefined },
  ],
};
const filled = {
  parameters: { 'path:id': 'a b', 'query:limit': '5', 'query:event': 'message.*' },
  body: '',
  isRaw: true,
};

test('operations are read from the document, those for older clients last', () => {
  const operations = operationsOf({
    paths: {
      '/old': { get: { operationId: 'getOld', tags: ['Compatibility'] } },
      '/new': { post: { operationId: 'postNew', tags: ['Messages'], summary: 'Send.' } },
    },
  });
  expect(operations.map(({ id }) => id)).toEqual(['postNew', 'getOld']);
  expect(found(operations, 'messages send').map(({ id }) => id)).toEqual(['postNew']);
});

test('a request has its place, query and headers filled in, and nothing that was left out', () => {
  expect(requestOf(list, filled)).toEqual({
    method: 'GET',
    url: '/api/v1/webhooks/a%20b/deliveries?limit=5&event=message.*',
    headers: { 'x-response-format': 'raw' },
    body: undefined,
  });
});

test('what is missing or no JSON is named before it is sent', () => {
  expect(wrongOf(list, { ...filled, parameters: {} })).toEqual(['path:id']);
  expect(wrongOf(send, { parameters: {}, body: '{"to":', isRaw: false })).toEqual(['body']);
  expect(wrongOf(send, { parameters: {}, body: '', isRaw: false })).toEqual(['body']);
});

test('examples are filled in with a profile that there is', () => {
  expect(JSON.parse(firstFill(send, 'p1').body)).toMatchObject({ profileId: 'p1', to: '628123456789' });
});

test('curl takes the body literally, quotes and all', () => {
  const text = curlOf(send, firstFill(send, 'p1'), 'http://localhost:3000');
  expect(text).toContain(`curl -X POST 'http://localhost:3000/api/v1/messages/text'`);
  expect(text).toContain(String.raw`It'\''s ready`);
  expect(text).toContain('-H "x-api-key: $MULTIWA_KEY"');
});

test('the snippet of the SDK calls the operation by its name, with values of their types', () => {
  expect(sdkOf(list, filled, 'http://localhost:3000')).toContain(
    "await getWebhookDeliveries({ client, path: { id: 'a b' }, query: {\n  limit: 5,\n  event: 'message.*',\n} })",
  );
  expect(sdkOf(send, firstFill(send, 'p1'), 'x')).toContain(String.raw`text: 'It\'s ready'`);
});
