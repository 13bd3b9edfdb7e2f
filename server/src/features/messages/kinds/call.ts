import Type from 'typebox';
import { contentSchema, flag, whole } from './content.ts';
import type { MessageKind } from './kind.ts';

const lines = { missed: 'Missed call', rejected: 'Call declined', answered: 'Call' };

export const call: MessageKind = {
  type: 'call',
  called: 'a call',
  content: contentSchema('CallContent', 'Somebody called. It is told once it no longer rings.', {
    outcome: Type.Optional(
      Type.Enum(['missed', 'rejected', 'answered'] as const, {
        description: '`missed`: nobody took it; `rejected` and `answered`: on another device of the profile.',
      }),
    ),
    video: flag('With pictures; absent when it is not known.'),
    group: flag('A call of the whole group.'),
    seconds: whole('How long it lasted, where that is told.'),
  }),
  isNews: ({ outcome }) => outcome === 'missed',
  words: () => [],
  preview: ({ outcome }) => lines[outcome as keyof typeof lines] ?? '',
};
