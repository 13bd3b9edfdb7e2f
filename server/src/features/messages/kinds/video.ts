import Type from 'typebox';
import { caption, contentSchema, file, pixels, seconds, viewOnce } from './content.ts';
import { captionEdited, captionOf, ownFields } from './file-message.ts';
import type { MessageKind } from './kind.ts';

export const video: MessageKind = {
  type: 'video',
  called: 'a video',
  content: contentSchema('VideoContent', 'A video.', {
    ...{ caption, ...file, ...pixels, seconds, viewOnce },
    shape: Type.Optional(Type.Enum(['round', 'gif'] as const, { description: 'Absent: an ordinary video.' })),
  }),
  ownFields,
  quoted: ['caption', 'mimetype', 'seconds', 'shape'],
  preview: captionOf,
  edited: captionEdited('video'),
};
