import { contentSchema, text } from './content.ts';
import type { MessageKind } from './kind.ts';

export const unsupported: MessageKind = {
  type: 'unsupported',
  called: 'a message that could not be read or stored',
  content: contentSchema('UnsupportedContent', 'A message that could not be stored as it came.', {
    code: text('Why, for programs.', 'UNREADABLE'),
    reason: text('Why, for people.'),
  }),
  preview: () => '',
};
