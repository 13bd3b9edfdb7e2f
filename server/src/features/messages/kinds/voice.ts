import { contentSchema, file, seconds, text, viewOnce } from './content.ts';
import { ownFields } from './file-message.ts';
import { fileFields, fileOf, present, viewOnceField } from './file-sending.ts';
import { type MessageKind, sendingOf } from './kind.ts';
import { sendBody } from './send-body.ts';

export const voice: MessageKind = {
  type: 'voice',
  called: 'a voice message',
  content: contentSchema('VoiceContent', 'A voice message.', {
    ...{ ...file, seconds, viewOnce },
    waveform: text('The bars below it: 64 bytes from 0 to 100, in base64.'),
  }),
  ownFields,
  quoted: ['mimetype', 'seconds'],
  preview: () => '',
  sending: sendingOf({
    path: 'voice',
    summary: 'Send a voice note.',
    description: 'The same as `POST /messages/audio` with `ptt`. This goes beyond the specification.',
    body: sendBody(
      'SendVoice',
      { ...fileFields, viewOnce: viewOnceField },
      { url: 'https://example.com/note.ogg' },
    ),
    file: {
      as: 'audio',
      async fit(fit, file) {
        const { row, waveform } = await fit.voice(file);
        return { row, ...(waveform && { content: { waveform } }) };
      },
    },
    contentOf: ({ viewOnce }) => ({ ...(viewOnce && { viewOnce }) }),
    outgoing: (content) => ({
      type: 'voice',
      file: { ...fileOf(content), mimetype: 'audio/ogg; codecs=opus' },
      ...present(content, 'seconds', 'waveform', 'viewOnce'),
    }),
  }),
};
