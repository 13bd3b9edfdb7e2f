import Type from 'typebox';
import { contentSchema, flag, text, whole } from './content.ts';
import type { MessageKind } from './kind.ts';

const actions = [
  ...(['created', 'added', 'joined', 'removed', 'left', 'promoted', 'demoted', 'number-changed'] as const),
  ...(['subject', 'description', 'picture', 'setting', 'expiration', 'invite-link', 'deleted'] as const),
];

export const groupChange: MessageKind = {
  type: 'group-change',
  called: 'a change of a group',
  content: contentSchema('GroupChangeContent', 'What happened to a group. It is never unread.', {
    action: Type.Optional(
      Type.Enum(actions, {
        description:
          '`joined` and `left` by themselves, `added` and `removed` by others; `invite-link`: there is a new one.',
      }),
    ),
    actor: text('Who did it.', '628123456789@c.us'),
    people: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Whom it concerns; `…@lid` while a number is unknown.',
        examples: [['628123456789@c.us']],
      }),
    ),
    subject: text('What the group is called now.', 'Bakers'),
    description: text('What it says about itself now.'),
    removed: flag('The picture or description was taken away.'),
    setting: Type.Optional(
      Type.Enum(['only-admins-write', 'only-admins-edit', 'everybody-adds', 'admins-approve'] as const),
    ),
    on: flag('Whether the setting holds now.'),
    seconds: whole('How long new messages last from now on; 0: for ever.'),
  }),
  isNews: () => false,
  preview: () => '',
  words: ({ subject, description }) => [subject, description],
};
