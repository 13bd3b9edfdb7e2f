import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { house } from '../scripts/composed.ts';
import { chooser } from '../src/features/webhooks/filters.ts';
import { bodyCheck } from '../src/http/validation.ts';

const { eventDefinitions } = house;
const document = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'));

/** The fields of an event's data, as its component describes them. */
function described(schema: { $ref?: string }): string[] {
  const name = schema.$ref?.split('/').at(-1) ?? '';
  return Object.keys(document.components.schemas[name].properties);
}

test.each(eventDefinitions.map((one) => [one.name, one] as const))(
  '%s has an example that fits its schema',
  (_, one) => {
    expect(one.what).toMatch(/^[A-ZW].+\.$/s);
    expect(one.example).toBeDefined();
    expect(Object.keys(one.example ?? {}).length).toBeGreaterThan(0);
    expect(bodyCheck(one.data)(structuredClone(one.example))).toEqual([]);
    const { properties = {} } = one.data as { properties?: object };
    expect(Object.keys(one.example ?? {}).filter((field) => !(field in properties))).toEqual([]);
  },
);

test('events about messages say the chat, both ids and who, with names', () => {
  const fieldsOf = (name: string) =>
    Object.keys(eventDefinitions.find((one) => one.name === name)?.example ?? {});
  const about = ['profileId', 'messageId', 'waMessageId', 'conversationId', 'chatId'];
  for (const { name } of eventDefinitions.filter((one) => one.name.startsWith('message.'))) {
    if (['message.scheduled', 'message.unscheduled', 'message.marked_read'].includes(name)) continue;
    expect(fieldsOf(name), name).toEqual(expect.arrayContaining(about));
  }
  for (const name of ['message.received', 'message.edited', 'message.reaction']) {
    expect(fieldsOf(name), name).toEqual(expect.arrayContaining(['from', 'pushName', 'isGroup']));
  }
  const media = eventDefinitions.find((one) => one.name === 'message.media')?.example?.media;
  expect(media).toMatchObject({ url: expect.stringContaining('/api/v1/media/') });
});

test('the API description has every event that webhooks carry, with the same fields and example', () => {
  const carried = eventDefinitions.filter((one) => one.isPublic);
  expect(Object.keys(document.webhooks).sort()).toEqual(carried.map((one) => one.name).sort());
  for (const one of carried) {
    const { schema, example } = document.webhooks[one.name].post.requestBody.content['application/json'];
    expect(described(schema.properties.data)).toEqual(
      Object.keys((one.data as { properties?: object }).properties ?? {}),
    );
    expect(example.data).toEqual(one.example);
  }
});

test('an event of a chat can be chosen by that chat', () => {
  const chooses = chooser({ chats: ['628999999999@c.us'] });
  for (const { name, facts, body, example = {} } of eventDefinitions) {
    if (
      !('chatId' in example) ||
      (body !== undefined && 'message' in ((body as { properties?: object }).properties ?? {}))
    )
      continue;
    const event = { body: example } as never;
    expect([name, chooses(facts(event))]).toEqual([name, false]);
  }
});
