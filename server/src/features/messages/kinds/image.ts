import { caption, contentSchema, file, pixels, viewOnce } from './content.ts';
import { captionEdited, captionOf, ownFields } from './file-message.ts';
import type { MessageKind } from './kind.ts';

export const image: MessageKind = {
  type: 'image',
  called: 'an image',
  content: contentSchema('ImageContent', 'A picture.', { caption, ...file, ...pixels, viewOnce }),
  ownFields,
  quoted: ['caption', 'mimetype'],
  preview: captionOf,
  edited: captionEdited('image'),
};
