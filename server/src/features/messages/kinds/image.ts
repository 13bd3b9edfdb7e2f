import { caption, contentSchema, file, pixels, viewOnce } from './content.ts';
import { captionEdited, captionOf, ownFields } from './file-message.ts';
import { captionField, exampleFile, fileFields, fileOf, present, viewOnceField } from './file-sending.ts';
import { type MessageKind, sendingOf } from './kind.ts';
import { sendBody } from './send-body.ts';

export const image: MessageKind = {
  type: 'image',
  called: 'an image',
  content: contentSchema('ImageContent', 'A picture.', { caption, ...file, ...pixels, viewOnce }),
  ownFields,
  quoted: ['caption', 'mimetype'],
  preview: captionOf,
  edited: captionEdited('image'),
  sending: sendingOf({
    path: 'image',
    summary: 'Send a picture.',
    description:
      'JPEG and PNG go out as they are, other forms as JPEG. The file is taken in before the answer goes out, and goes to ' +
      'WhatsApp once for each profile, however often it is sent.',
    body: sendBody(
      'SendImage',
      { ...fileFields, caption: captionField, viewOnce: viewOnceField },
      { ...exampleFile, caption: 'Our new oven' },
    ),
    file: { as: 'image', fit: async (fit, file) => ({ row: await fit.image(file) }) },
    contentOf: ({ caption, viewOnce }) => ({ ...(caption && { caption }), ...(viewOnce && { viewOnce }) }),
    outgoing: (content) => ({
      type: 'image',
      file: fileOf(content),
      ...present(content, 'caption', 'width', 'height', 'viewOnce'),
    }),
  }),
};
