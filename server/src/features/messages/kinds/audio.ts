import { contentSchema, file, seconds, viewOnce } from './content.ts';
import { ownFields } from './file-message.ts';
import type { MessageKind } from './kind.ts';

export const audio: MessageKind = {
  type: 'audio',
  called: 'a sound file',
  content: contentSchema('AudioContent', 'A sound file.', { ...file, seconds, viewOnce }),
  ownFields,
  quoted: ['mimetype', 'seconds'],
  preview: () => '',
};
