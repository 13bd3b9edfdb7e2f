import { contentSchema, file, flag } from './content.ts';
import { ownFields } from './file-message.ts';
import { exampleFile, fileFields, fileOf, present } from './file-sending.ts';
import { type MessageKind, sendingOf } from './kind.ts';
import { sendBody } from './send-body.ts';

export const sticker: MessageKind = {
  type: 'sticker',
  called: 'a sticker',
  content: contentSchema('StickerContent', 'A sticker.', { ...file, animated: flag('It moves.') }),
  ownFields,
  quoted: ['mimetype'],
  preview: () => '',
  sending: sendingOf({
    path: 'sticker',
    summary: 'Send a sticker.',
    description:
      'WebP of 512 × 512 pixels goes out as it is, moving ones too; other pictures are made one. This goes beyond the ' +
      'specification.',
    body: sendBody('SendSticker', fileFields, exampleFile),
    file: { as: 'image', fit: async (fit, file) => ({ row: await fit.sticker(file) }) },
    contentOf: () => ({}),
    outgoing: (content) => ({
      type: 'sticker',
      file: fileOf(content),
      ...present(content, 'width', 'height', 'animated'),
    }),
  }),
};
