import Type from 'typebox';
import { Nullable } from '../../../http/schema.ts';
import { chatKind, chatOfAddress, storedChat } from '../../../platform/chat-id.ts';
import { Failure } from '../../../platform/failures.ts';
import { momentIn } from '../../../platform/time-zone.ts';
import { caption, contentSchema, text } from './content.ts';
import { type MessageKind, sendingOf } from './kind.ts';
import { sendBody } from './send-body.ts';

export const groupInvite: MessageKind = {
  type: 'group-invite',
  called: 'an invitation into a group',
  content: contentSchema('GroupInviteContent', 'An invitation of this profile into a group.', {
    group: text('Which group.', '120363000000000001@g.us'),
    name: text('What it is called.', 'Bakers'),
    code: text('What opens the door; it is good for this profile alone.'),
    invitedUntil: Type.Optional(Type.String({ format: 'date-time', description: 'Until when it is good.' })),
    caption,
  }),
  ownFields: { of: 'an invitation into a group', names: ['group', 'code', 'invitedUntil'] },
  quoted: ['group', 'name'],
  preview: ({ caption, name }) => String(caption || name || ''),
  sending: sendingOf({
    path: 'group-invite',
    summary: 'Invite somebody into a group.',
    description:
      'The code comes from WhatsApp, for this group; whoever gets the message enters with it until it ends.',
    body: sendBody(
      'SendGroupInvite',
      {
        group: Type.String({ minLength: 1, maxLength: 64, description: 'Which group.' }),
        name: Type.String({ minLength: 1, maxLength: 255, description: 'What it is called.' }),
        code: Type.String({ minLength: 1, maxLength: 128, pattern: '^[\\w-]+$' }),
        invitedUntil: Type.String({
          maxLength: 64,
          description: 'Until when it is good, in ISO 8601 with an offset.',
        }),
        caption: Type.Optional(Nullable(Type.String({ maxLength: 1000 }))),
      },
      {
        ...{ group: '120363000000000001@g.us', name: 'Bakers', code: 'Hq7vSAmpleC0de' },
        ...{ invitedUntil: '2035-03-01T09:00:00Z', caption: 'Join us' },
      },
    ),
    contentOf({ group, name, code, invitedUntil, caption }) {
      const chat = chatOfAddress(group);
      const until = momentIn(invitedUntil, undefined);
      const details = [
        ...(chat && chatKind(chat) === 'group'
          ? []
          : [{ path: '/group', problem: 'must be the id of a group' }]),
        ...(until ? [] : [{ path: '/invitedUntil', problem: 'is no moment of ISO 8601' }]),
      ];
      if (details.length > 0 || !until) throw new Failure('VALIDATION_ERROR', { details });
      return { group: chat, name, code, invitedUntil: until.toISOString(), ...(caption && { caption }) };
    },
    // It is good for whoever it was made for.
    forwarded: () => undefined,
    outgoing: ({ group, name, code, invitedUntil, caption }) => ({
      ...{ type: 'group-invite', group: storedChat(String(group)), name: String(name), code: String(code) },
      until: new Date(String(invitedUntil)),
      ...(typeof caption === 'string' && { caption }),
    }),
  }),
};
