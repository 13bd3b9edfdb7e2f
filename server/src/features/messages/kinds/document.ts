import { caption, contentSchema, file, text, whole } from './content.ts';
import { captionEdited, captionOf, ownFields } from './file-message.ts';
import { captionField, exampleFile, fileFields, filename, fileOf, present } from './file-sending.ts';
import { type MessageKind, sendingOf } from './kind.ts';
import { sendBody } from './send-body.ts';

/** What its sender calls a file that was sent without a name of its own. */
const filenameOf = (media: unknown) => (media as { filename?: unknown } | undefined)?.filename;

export const document: MessageKind = {
  type: 'document',
  called: 'a document',
  content: contentSchema('DocumentContent', 'A file of any kind.', {
    ...{ caption, filename: text('As the sender calls it.', 'menu.pdf'), ...file },
    pages: whole('How many it has.'),
  }),
  ownFields,
  quoted: ['caption', 'mimetype', 'filename'],
  preview: captionOf,
  words: ({ caption, filename, media }) => [caption, filename ?? filenameOf(media)],
  edited: captionEdited('document'),
  sending: sendingOf({
    path: 'document',
    summary: 'Send a file of any kind.',
    description: 'Without `filename` it is called as its address, its upload or `document` says.',
    body: sendBody(
      'SendDocument',
      { ...fileFields, filename, caption: captionField },
      { ...exampleFile, filename: 'menu.pdf', url: 'https://example.com/menu.pdf', caption: 'From May on' },
    ),
    file: { as: 'document', fit: async (_, row) => ({ row }) },
    contentOf: ({ filename, caption }) => ({ ...(filename && { filename }), ...(caption && { caption }) }),
    outgoing: (content) => ({
      type: 'document',
      file: fileOf(content),
      filename: String(content.filename || 'document'),
      ...present(content, 'caption'),
    }),
  }),
};
