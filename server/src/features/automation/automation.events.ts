import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';

const Text = Type.String();
const about = { profileId: Text, automationId: Text, name: Text, isActive: Type.Boolean(), timestamp: Text };
const { profileId, chatId, timestamp } = example;
const automationId = '0199d6a2-1829-73b4-85a6-c7d8e9fa0b1c';
const until = '2026-02-05T22:00:00.000Z';
const anAutomation = { profileId, automationId, name: 'Opening hours', isActive: true, timestamp };

export const automationCreated = defineEvent({
  name: 'automation.created',
  what: 'A rule, an automatic reply or a flow was made.',
  permission: 'automation:read',
  example: anAutomation,
  body: Type.Object(about),
});

export const automationUpdated = defineEvent({
  name: 'automation.updated',
  what: 'A rule, an automatic reply or a flow was changed, moved, or switched on or off.',
  permission: 'automation:read',
  example: anAutomation,
  body: Type.Object(about),
});

export const automationDeleted = defineEvent({
  name: 'automation.deleted',
  what: 'A rule, an automatic reply or a flow was deleted, and its runs with it.',
  permission: 'automation:read',
  example: anAutomation,
  body: Type.Object(about),
});

export const automationFinished = defineEvent({
  name: 'automation.finished',
  what:
    'A run of an automation has ended: `status` is `completed`, `failed`, `cancelled`, `stopped` (it would have gone on ' +
    'without end) or `expired` (it was not over in time), `error` says why. `automationId` is null where an address of another program was asked for an answer.',
  permission: 'message:read',
  example: {
    ...{ profileId, automationId, runId: '0199d6a2-293a-74c5-86b7-d8e9fa0b1c2d', chatId },
    ...{ status: 'completed', error: null, timestamp },
  },
  body: Type.Object({
    ...{ profileId: Text, automationId: Nullable(Text), runId: Text, chatId: Text },
    ...{ status: Text, error: Nullable(Text), timestamp: Text },
  }),
});

export const automationLoop = defineEvent({
  name: 'automation.loop',
  what:
    'More was said automatically in a chat than a person would read, as when two programs answer each other: nothing ' +
    'automatic is said there until `silentUntil`.',
  permission: 'message:read',
  example: {
    profileId,
    chatId,
    reason: 'The same was said four times in a row.',
    silentUntil: until,
    timestamp,
  },
  body: Type.Object({ profileId: Text, chatId: Text, reason: Text, silentUntil: Text, timestamp: Text }),
  notice: ({ body }, { profileName }) => ({
    ...{
      kind: 'automation',
      title: profileName,
      body: `Nothing automatic is said to ${body.chatId} for now: ${body.reason}`,
    },
    metadata: { profileId: body.profileId },
    topic: `loop ${body.profileId} ${body.chatId}`,
  }),
});

export const automationOverrun = defineEvent({
  name: 'automation.overrun',
  what: 'A profile started as many automations in a minute as it may: others are left out and counted until the next one.',
  permission: 'automation:read',
  example: { profileId, perMinute: 1_000, timestamp },
  body: Type.Object({ profileId: Text, perMinute: Type.Integer(), timestamp: Text }),
  notice: ({ body }, { profileName }) => ({
    ...{ kind: 'automation', title: profileName },
    body: `More than ${body.perMinute} automations were to start in a minute: the others are left out.`,
    metadata: { profileId: body.profileId },
    topic: `overrun ${body.profileId}`,
  }),
});

export const automationNotice = defineEvent({
  name: 'automation.notice',
  what: 'An automation has something to say to people here: to the member `userId`, or to all who may read the chat.',
  permission: 'message:read',
  example: {
    ...{ profileId, automationId, name: 'Complaints', chatId, conversationId: example.conversationId },
    ...{ text: 'Sari asks for her money back.', userId: null, timestamp },
  },
  body: Type.Object({
    ...{ profileId: Text, automationId: Nullable(Text), name: Text, chatId: Text },
    ...{ conversationId: Nullable(Text), text: Text, userId: Nullable(Text), timestamp: Text },
  }),
  notice: ({ body }) => ({
    ...{ kind: 'automation', title: body.name || 'Automation', body: body.text },
    metadata: { profileId: body.profileId, conversationId: body.conversationId },
    ...(body.userId !== null && { onlyTo: body.userId }),
  }),
});

export const handlingChanged = defineEvent({
  name: 'conversation.handling.changed',
  what: 'Automations leave a chat to people (`person`), until `until` at most, or may answer there again (`bot`).',
  permission: 'message:read',
  example: {
    ...{ profileId, chatId, handling: 'person', handledBy: example.userId, until },
    ...{ reason: 'A person answered.', timestamp },
  },
  body: Type.Object({
    ...{ profileId: Text, chatId: Text, handling: Text, handledBy: Nullable(Text) },
    ...{ until: Nullable(Text), reason: Text, timestamp: Text },
  }),
});
