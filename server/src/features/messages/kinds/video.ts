import Type from 'typebox';
import { Nullable } from '../../../http/schema.ts';
import { caption, contentSchema, file, pixels, seconds, viewOnce } from './content.ts';
import { captionEdited, captionOf, ownFields } from './file-message.ts';
import { captionField, fileFields, fileOf, playable, present, viewOnceField } from './file-sending.ts';
import { type MessageKind, sendingOf } from './kind.ts';
import { sendBody } from './send-body.ts';

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
  sending: sendingOf({
    path: 'video',
    summary: 'Send a video, also a round one or one that plays like a GIF.',
    description: 'MP4 and 3GP: what phones play.',
    body: sendBody(
      'SendVideo',
      {
        ...{ ...fileFields, caption: captionField, viewOnce: viewOnceField },
        shape: Type.Optional(
          Nullable(Type.Enum(['round', 'gif'] as const, { description: 'Absent: an ordinary video.' })),
        ),
      },
      { url: 'https://example.com/oven.mp4', caption: 'It bakes' },
    ),
    file: {
      as: 'video',
      fit: async (_, file) => ({ row: playable(file, /^video\/(mp4|3gpp2?|quicktime)$/, 'a video') }),
    },
    contentOf: ({ caption, viewOnce, shape }) => ({
      ...(caption && shape !== 'round' && { caption }),
      ...(viewOnce && { viewOnce }),
      ...(shape && { shape }),
    }),
    outgoing: (content) => ({
      type: 'video',
      file: fileOf(content),
      ...present(content, 'caption', 'width', 'height', 'seconds', 'shape', 'viewOnce'),
    }),
  }),
};
