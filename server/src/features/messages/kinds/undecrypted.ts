import { contentSchema, text } from './content.ts';
import type { MessageKind } from './kind.ts';

/** The type of what is shown in the place of a message until it can be read. */
export const undecryptedType = 'undecrypted';

export const undecrypted: MessageKind = {
  type: undecryptedType,
  called: 'a message that could not be decrypted yet',
  content: contentSchema(
    'UndecryptedContent',
    'A message that came and can not be read yet: its sender is asked for it once more, and what it says takes this place.',
    { reason: text('Why, for people.') },
  ),
  preview: () => '',
};
