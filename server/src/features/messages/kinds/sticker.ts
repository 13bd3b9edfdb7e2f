import { contentSchema, file, flag } from './content.ts';
import { ownFields } from './file-message.ts';
import type { MessageKind } from './kind.ts';

export const sticker: MessageKind = {
  type: 'sticker',
  called: 'a sticker',
  content: contentSchema('StickerContent', 'A sticker.', { ...file, animated: flag('It moves.') }),
  ownFields,
  quoted: ['mimetype'],
  preview: () => '',
};
