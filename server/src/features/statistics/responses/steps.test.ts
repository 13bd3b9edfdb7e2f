import { expect, test } from 'vitest';
import { newId } from '../../../platform/ids.ts';
import { stepOf } from './steps.ts';

const about = {
  id: newId(),
  organizationId: newId(),
  profileId: newId(),
  position: 1,
  occurredAt: new Date(),
};
const facts = { messageId: newId(), conversationId: newId(), timestamp: '2026-02-05T10:00:00.000Z' };
const answer = (name: string, more: object) => stepOf({ ...about, name, body: { ...facts, ...more } });

test('who answers follows from the origin; campaigns and schedules answer nobody', () => {
  for (const [kind, by] of [
    ['user', 'person'],
    ['api', 'person'],
    ['chatwoot', 'person'],
    ['automation', 'automation'],
    ['typebot', 'automation'],
    ['schedule', undefined],
    ['bulk', undefined],
    ['broadcast', undefined],
  ]) {
    expect([kind, answer('message.queued', { origin: { kind, id: null } })?.by]).toEqual([kind, by]);
  }
  expect(answer('message.sent', { source: 'phone', origin: { kind: 'phone', id: null } })?.by).toBe('person');
  expect(answer('message.sent', { source: 'api', origin: null })).toBeUndefined();
});

test('only people in direct chats ask; an event without its parts asks nobody', () => {
  const asks = (type: string) =>
    stepOf({
      ...{ ...about, name: 'message.received' },
      body: { message: { ...facts, id: facts.messageId }, conversation: { type } },
    });
  expect(asks('user')).toMatchObject({ at: new Date(facts.timestamp), messageId: facts.messageId });
  expect(asks('group')).toBeUndefined();
  for (const body of [{}, { message: {}, conversation: { type: 'user' } }, { message: null }]) {
    expect(stepOf({ ...about, name: 'message.received', body })).toBeUndefined();
  }
});
