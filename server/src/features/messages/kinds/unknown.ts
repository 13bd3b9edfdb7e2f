import { contentSchema, text } from './content.ts';
import type { MessageKind } from './kind.ts';

export const unknown: MessageKind = {
  type: 'unknown',
  called: 'a message of a kind that is not known here',
  content: contentSchema('UnknownContent', 'A kind of message that has no shape here yet.', {
    kind: text('What WhatsApp calls it.', 'orderMessage'),
  }),
  preview: () => '',
};
