import Type from 'typebox';
import { contentSchema, text as words } from './content.ts';
import { replaced } from './edit.ts';
import { type MessageKind, sendingOf } from './kind.ts';
import { sendBody } from './send-body.ts';

const content = contentSchema('TextContent', 'Words.', {
  text: words('What it says.', 'Your bread is ready.'),
  preview: Type.Optional(
    Type.Object(
      { url: Type.String(), title: words('Of the page.'), description: words('Of the page.') },
      { description: 'The page that its link leads to.' },
    ),
  ),
});

export const text: MessageKind = {
  type: 'text',
  called: 'a text',
  content,
  preview: ({ text }) => (typeof text === 'string' ? text : ''),
  edited: (original, { type, ...edit }) =>
    type === 'text' ? replaced(original, edit, ['text', 'preview', 'mentions', 'mentionsAll']) : undefined,
  sending: sendingOf({
    path: 'text',
    summary: 'Send a text.',
    description:
      'The message is kept before the answer goes out, and is sent as soon as the profile is connected. ' +
      'Watch its way by webhook, by socket or with `GET /messages/:id`. ' +
      'Fields of other kinds of messages (`url`, `caption`, `latitude` …) are refused: a text can’t carry them.',
    body: sendBody(
      'SendText',
      { text: Type.String({ minLength: 1, maxLength: 65_536 }) },
      { text: 'Your bread is ready.' },
    ),
    contentOf: ({ text }) => ({ text }),
    outgoing: ({ text }) => ({ type: 'text', text: String(text) }),
  }),
};
