import Type from 'typebox';
import type { TextLook } from '../../../engines/port.ts';
import { Nullable } from '../../../http/schema.ts';
import type { LinkPreview } from '../previews/previews.ts';
import { contentSchema, whole, text as words } from './content.ts';
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
  background: words('Of a status update: the colour behind it.', '#1f7a5c'),
  color: words('Of a status update: the colour of its letters.', '#ffffff'),
  font: whole('Of a status update: one of WhatsApp’s fonts, by its number.'),
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
      {
        text: Type.String({ minLength: 1, maxLength: 65_536 }),
        linkPreview: Type.Optional(
          Nullable(
            Type.Boolean({
              default: true,
              description:
                'Whether the page behind the first link is asked for its title, for three seconds at most. One that fails, ' +
                'hangs or is private is not shown; the message goes out in any case.',
            }),
          ),
        ),
      },
      { text: 'Your bread is ready.' },
    ),
    contentOf: ({ text }) => ({ text }),
    async lookUp({ text, linkPreview }, { previews }) {
      const preview = linkPreview === false ? undefined : await previews.of(text);
      return preview ? { preview } : {};
    },
    outgoing: ({ text, preview, background, color, font }) => ({
      type: 'text',
      text: String(text),
      ...(preview !== undefined && { preview: preview as LinkPreview }),
      ...(background !== undefined && { look: { background, color, font } as TextLook }),
    }),
  }),
};
