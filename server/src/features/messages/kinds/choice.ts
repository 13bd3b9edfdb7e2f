import { contentSchema, text } from './content.ts';
import type { MessageKind } from './kind.ts';

export const choice: MessageKind = {
  type: 'choice',
  called: 'a choice',
  content: contentSchema('ChoiceContent', 'What somebody pressed or chose of a message with choices.', {
    id: text('Of the choice.', 'rye'),
    text: text('What it reads.', 'Rye'),
  }),
  quoted: ['id', 'text'],
  preview: ({ text, id }) => String(text || id || ''),
};
