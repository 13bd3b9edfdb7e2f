import Type from 'typebox';
import { chatKind, chatOfAddress, storedChat } from '../../../platform/chat-id.ts';
import { Failure } from '../../../platform/failures.ts';
import { caption, contentSchema, text } from './content.ts';
import { captionField } from './file-sending.ts';
import { type MessageKind, sendingOf } from './kind.ts';
import { sendBody } from './send-body.ts';

export const groupInvite: MessageKind = {
  type: 'group-invite',
  called: 'an invitation into a group',
  content: contentSchema('GroupInviteContent', 'An invitation of one person into a group.', {
    group: text('Which group.', '120363000000000001@g.us'),
    name: text('What it is called.', 'Bakers'),
    code: text('What opens the door; it is good for its receiver alone.'),
    invitedUntil: Type.Optional(Type.String({ format: 'date-time', description: 'Until when it is good.' })),
    caption,
  }),
  ownFields: { of: 'an invitation into a group', names: ['invitedUntil'] },
  quoted: ['group', 'name'],
  preview: ({ caption, name }) => String(caption || name || ''),
  sending: sendingOf({
    path: 'group-invite',
    summary: 'Invite somebody into a group who can not be added.',
    description:
      'With the invitation that `POST /groups/{groupId}/participants/add` answers for whoever allows only some people to ' +
      'add them; `sendInvite` there sends it at once. This goes beyond the specification.',
    body: sendBody(
      'SendGroupInvite',
      {
        group: Type.String({
          minLength: 1,
          maxLength: 64,
          description: 'The id of the group, with `@g.us`.',
        }),
        name: Type.String({ minLength: 1, maxLength: 400, description: 'What it is called.' }),
        code: Type.String({ minLength: 1, maxLength: 256 }),
        invitedUntil: Type.String({ maxLength: 40, description: 'Until when it is good, ISO 8601.' }),
        caption: captionField,
      },
      {
        ...{ group: '120363000000000001@g.us', name: 'Bakers', code: 'AbCdEfGhIjKlMnOp' },
        ...{ invitedUntil: '2026-02-08T10:00:00.000Z', caption: 'Come in' },
      },
    ),
    contentOf({ group, name, code, invitedUntil, caption }) {
      const chat = chatOfAddress(group);
      const until = new Date(invitedUntil);
      const details = [
        ...(chat && chatKind(chat) === 'group' ? [] : [{ path: '/group', problem: 'is no id of a group' }]),
        ...(Number.isNaN(until.getTime()) ? [{ path: '/invitedUntil', problem: 'is no date and time' }] : []),
      ];
      if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
      return { group: chat, name, code, invitedUntil: until.toISOString(), ...(caption && { caption }) };
    },
    // Nobody but its receiver can use it.
    forwarded: () => undefined,
    outgoing: ({ group, name, code, invitedUntil, caption }) => ({
      type: 'group-invite',
      group: storedChat(String(group)),
      ...{ name: String(name), code: String(code), until: new Date(String(invitedUntil)) },
      ...(typeof caption === 'string' && caption && { caption }),
    }),
  }),
};
