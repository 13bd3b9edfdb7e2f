import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';

const Text = Type.String();
const Person = Type.String({ description: '`…@lid` while the number is unknown.' });
const about = {
  profileId: Text,
  groupId: Type.String({ examples: ['120363000000000001@g.us'] }),
  name: Type.String({ examples: ['Bakers'] }),
  /** Null when it was found out by looking, or done here. */
  by: Nullable(Person),
  timestamp: Text,
};
const facts = ({ body }: { body: { groupId: string } }) => ({ chat: body.groupId });
const example = {
  profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
  groupId: '120363000000000001@g.us',
  name: 'Bakers',
  by: '628123456789@c.us',
  timestamp: '2026-02-05T10:00:00.000Z',
};

export const groupJoined = defineEvent({
  name: 'group.joined',
  what:
    'The profile is in a group that it was not in before. `how`: `created` it, was `added` or `joined` by an invitation; ' +
    '`found` when that was while the profile was not connected.',
  permission: 'message:read',
  facts,
  body: Type.Object(
    { ...about, how: Text, participantsCount: Type.Integer() },
    { examples: [{ ...example, how: 'added', participantsCount: 12 }] },
  ),
});

export const groupLeft = defineEvent({
  name: 'group.left',
  what: 'The profile is in a group no longer. `how`: it `left`, was `removed`, or the group has `ended`; `found` out by looking.',
  permission: 'message:read',
  facts,
  body: Type.Object({ ...about, how: Text }, { examples: [{ ...example, how: 'removed' }] }),
});

export const groupUpdated = defineEvent({
  name: 'group.updated',
  what:
    'What a group is called, says or allows has changed; `changes` has the new values. Of its picture and its invite link ' +
    'it says only that they changed.',
  permission: 'message:read',
  facts,
  body: Type.Object(
    { ...about, changes: Type.Record(Type.String(), Type.Unknown()) },
    { examples: [{ ...example, changes: { name: 'Early bakers', announcement: true } }] },
  ),
});

export const groupMembersChanged = defineEvent({
  name: 'group.members.changed',
  what: 'People are in a group now, or no longer, or became admins of it, or are not any more: `action` says which.',
  permission: 'message:read',
  facts,
  body: Type.Object(
    {
      ...about,
      action: Type.Enum(['added', 'removed', 'promoted', 'demoted']),
      participants: Type.Array(Person),
      participantsCount: Type.Integer(),
    },
    {
      examples: [{ ...example, action: 'added', participants: ['628111000002@c.us'], participantsCount: 13 }],
    },
  ),
});

export const groupRequests = defineEvent({
  name: 'group.join_requests.changed',
  what: 'People want to be let into a group of which the profile is an admin (`open`), or do not wait any more.',
  permission: 'message:read',
  facts,
  body: Type.Object(
    { ...about, open: Type.Boolean(), participants: Type.Array(Person) },
    { examples: [{ ...example, open: true, participants: ['628111000002@c.us'] }] },
  ),
});
