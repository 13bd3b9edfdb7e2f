import { contentSchema, file, seconds, viewOnce } from './content.ts';
import { ownFields } from './file-message.ts';
import type { MessageKind } from './kind.ts';

export const voice: MessageKind = {
  type: 'voice',
  called: 'a voice message',
  content: contentSchema('VoiceContent', 'A voice message.', { ...file, seconds, viewOnce }),
  ownFields,
  quoted: ['mimetype', 'seconds'],
  preview: () => '',
};
