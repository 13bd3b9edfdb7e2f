import { randomBytes } from 'node:crypto';
import Type from 'typebox';
import { Nullable } from '../../../http/schema.ts';
import { Failure } from '../../../platform/failures.ts';
import { contentSchema, text, whole } from './content.ts';
import { type MessageKind, sendingOf } from './kind.ts';
import { sendBody } from './send-body.ts';

const newSecret = () => randomBytes(32).toString('base64');

export const poll: MessageKind = {
  type: 'poll',
  called: 'a poll',
  content: contentSchema('PollContent', 'A question with answers to choose from.', {
    question: text('What is asked.', 'Which?'),
    options: Type.Optional(Type.Array(Type.String(), { examples: [['rye', 'wheat']] })),
    choicesMax: whole('How many options one person may choose; absent: any number.'),
  }),
  ownFields: { of: 'a poll', names: ['question', 'options', 'allowMultipleAnswers'] },
  quoted: ['question', 'options', 'choicesMax'],
  preview: ({ question }) => (typeof question === 'string' ? question : ''),
  words: ({ question, options }) => [question, ...(Array.isArray(options) ? options : [])],
  sending: sendingOf({
    path: 'poll',
    summary: 'Ask a question with answers to choose from.',
    description: 'Each person gives one answer, or with `allowMultipleAnswers` as many as they like.',
    body: sendBody(
      'SendPoll',
      {
        question: Type.String({ minLength: 1, maxLength: 255 }),
        options: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
          minItems: 2,
          maxItems: 12,
          description: 'No two alike: a vote names its option by its text.',
        }),
        allowMultipleAnswers: Type.Optional(Nullable(Type.Boolean())),
      },
      { question: 'Which bread for Friday?', options: ['Rye', 'Wheat'], allowMultipleAnswers: false },
    ),
    contentOf: ({ question, options, allowMultipleAnswers }) => {
      const details = options.flatMap((option, index) => {
        const first = options.indexOf(option);
        return first < index
          ? [{ path: `/options/${index}`, problem: `is the same as /options/${first}` }]
          : [];
      });
      if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
      return {
        question,
        options,
        ...(!allowMultipleAnswers && { choicesMax: 1 }),
        // Votes are encrypted with it, and a receiver that could not read the poll is sent it again with the same.
        secret: newSecret(),
      };
    },
    // Who votes in the copy votes anew.
    forwarded: (content) => ({ ...content, secret: newSecret() }),
    outgoing: ({ question, options, choicesMax, secret }) => ({
      type: 'poll',
      question: String(question),
      options: options as string[],
      ...(typeof choicesMax === 'number' && { choicesMax }),
      secret: String(secret),
    }),
  }),
};
