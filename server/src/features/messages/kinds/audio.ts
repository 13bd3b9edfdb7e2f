import Type from 'typebox';
import { Nullable } from '../../../http/schema.ts';
import { contentSchema, file, seconds, viewOnce } from './content.ts';
import { ownFields } from './file-message.ts';
import { fileFields, fileOf, present } from './file-sending.ts';
import { type MessageKind, sendingOf } from './kind.ts';
import { sendBody } from './send-body.ts';

/** Forms that phones play. */
const plays = /^audio\/(mpeg|mp4|aac|ogg|amr|opus)$/;

export const audio: MessageKind = {
  type: 'audio',
  called: 'a sound file',
  content: contentSchema('AudioContent', 'A sound file.', { ...file, seconds, viewOnce }),
  ownFields,
  quoted: ['mimetype', 'seconds'],
  preview: () => '',
  sending: sendingOf({
    path: 'audio',
    summary: 'Send a sound file, or with `ptt` a voice note.',
    description:
      'A voice note has to be Opus in Ogg; other sound is converted where ffmpeg is installed on the server, which also draws ' +
      'its waveform. MP3, AAC, M4A, AMR and Ogg go out as they are when they are no voice note.',
    body: sendBody(
      'SendAudio',
      {
        ...fileFields,
        ptt: Type.Optional(Nullable(Type.Boolean({ description: 'As a voice note.', default: false }))),
      },
      { url: 'https://example.com/note.ogg', ptt: true },
    ),
    becomes: ({ ptt }) => (ptt ? 'voice' : undefined),
    file: {
      as: 'audio',
      fit: async (fit, file) => ({ row: plays.test(file.mimetype) ? file : (await fit.voice(file)).row }),
    },
    contentOf: () => ({}),
    outgoing: (content) => ({ type: 'audio', file: fileOf(content), ...present(content, 'seconds') }),
  }),
};
