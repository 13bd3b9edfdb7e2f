import { caption, contentSchema, file, text, whole } from './content.ts';
import { captionEdited, captionOf, ownFields } from './file-message.ts';
import type { MessageKind } from './kind.ts';

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
  edited: captionEdited('document'),
};
