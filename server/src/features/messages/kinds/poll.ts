import Type from 'typebox';
import { contentSchema, text, whole } from './content.ts';
import type { MessageKind } from './kind.ts';

export const poll: MessageKind = {
  type: 'poll',
  called: 'a poll',
  content: contentSchema('PollContent', 'A question with answers to choose from.', {
    question: text('What is asked.', 'Which?'),
    options: Type.Optional(Type.Array(Type.String(), { examples: [['rye', 'wheat']] })),
    choicesMax: whole('How many options one person may choose; absent: any number.'),
  }),
  ownFields: { of: 'a poll', names: ['question', 'options', 'allowMultipleAnswers'] },
  preview: () => '',
};
