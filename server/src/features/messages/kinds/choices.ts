import Type from 'typebox';
import { contentSchema, text } from './content.ts';
import type { MessageKind } from './kind.ts';

export const choices: MessageKind = {
  type: 'choices',
  called: 'a message with choices',
  content: contentSchema('ChoicesContent', 'Words with buttons to press, or a list to choose from.', {
    title: text('Above the text.'),
    text: text('What is said.', 'Which bread?'),
    footer: text('Below the text.'),
    choices: Type.Optional(
      Type.Array(
        Type.Object({
          id: text('What an answer names.'),
          text: text('What is read.', 'Rye'),
          description: text('Below it.'),
          section: text('Of a list: the heading above it.'),
          url: text('The page that it opens.'),
        }),
      ),
    ),
  }),
  quoted: ['title', 'text'],
  preview: ({ text, title }) => String(text || title || ''),
  words({ title, text, footer, choices }) {
    const shown = Array.isArray(choices) ? (choices as { text?: unknown }[]) : [];
    return [title, text, footer, ...shown.map((choice) => choice.text)];
  },
};
