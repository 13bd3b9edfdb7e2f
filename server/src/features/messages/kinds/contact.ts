import Type from 'typebox';
import { contentSchema } from './content.ts';
import type { MessageKind } from './kind.ts';

export const contact: MessageKind = {
  type: 'contact',
  called: 'a contact card',
  content: contentSchema('ContactContent', 'Contact cards.', {
    contacts: Type.Optional(Type.Array(Type.Object({ name: Type.String(), vcard: Type.String() }))),
  }),
  ownFields: { of: 'a contact card', names: ['contacts'] },
  preview: () => '',
};
