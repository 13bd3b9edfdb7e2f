import Type from 'typebox';
import { caption, contentSchema, text } from './content.ts';
import type { MessageKind } from './kind.ts';

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
  quoted: ['group', 'name'],
  words: ({ caption, name }) => [caption, name],
  preview: ({ caption, name }) => String(caption || name || ''),
};
