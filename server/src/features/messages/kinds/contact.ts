import Type from 'typebox';
import { Nullable } from '../../../http/schema.ts';
import { chatKind, phoneOf, tryParseChatId } from '../../../platform/chat-id.ts';
import { Failure } from '../../../platform/failures.ts';
import { contentSchema } from './content.ts';
import { type MessageKind, sendingOf } from './kind.ts';
import { sendBody } from './send-body.ts';
import { vcardOf } from './vcard.ts';

/** As many as a phone lets one choose would do; more make a message that is slow to open. */
const contactsMax = 100;

interface StoredCard {
  name: string;
  vcard: string;
}

export const contact: MessageKind = {
  type: 'contact',
  called: 'a contact card',
  content: contentSchema('ContactContent', 'Contact cards.', {
    contacts: Type.Optional(Type.Array(Type.Object({ name: Type.String(), vcard: Type.String() }))),
  }),
  ownFields: { of: 'a contact card', names: ['contacts'] },
  quoted: ['contacts'],
  preview: ({ contacts }) => {
    const names = Array.isArray(contacts) ? (contacts as StoredCard[]).map(({ name }) => name) : [];
    return names.filter((name) => name).join(', ');
  },
  words({ contacts }) {
    const cards = Array.isArray(contacts) ? (contacts as StoredCard[]) : [];
    return cards.flatMap(({ name, vcard }) => [name, ...phonesIn(vcard)]);
  },
  sending: sendingOf({
    path: 'contact',
    summary: 'Send one or several contact cards.',
    description: 'A number that is written without country code takes that of the profile, as in `to`.',
    body: sendBody(
      'SendContact',
      {
        contacts: Type.Array(
          Type.Object({
            name: Type.String({ minLength: 1, maxLength: 200 }),
            phone: Type.String({ minLength: 1, maxLength: 64, description: 'Written like `to`.' }),
            email: Type.Optional(Nullable(Type.String({ maxLength: 254 }))),
          }),
          { minItems: 1, maxItems: contactsMax },
        ),
      },
      { contacts: [{ name: 'Flour mill', phone: '+62 812-3456-789', email: 'mill@example.org' }] },
    ),
    contentOf: ({ contacts }, { country }) => {
      const phones = contacts.map(({ phone }) => phoneIn(phone, country));
      const details = phones.flatMap((phone, index) =>
        phone ? [] : [{ path: `/contacts/${index}/phone`, problem: 'must be a phone number' }],
      );
      if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
      return {
        contacts: contacts.map(({ name, email }, index) => ({
          name,
          vcard: vcardOf({ name, phone: phones[index] ?? '', email }),
        })),
      };
    },
    outgoing: ({ contacts }) => ({ type: 'contact', contacts: contacts as StoredCard[] }),
  }),
};

/** The numbers on a card, in digits; a stranger may have put anything on it. */
function phonesIn(vcard: unknown): string[] {
  const lines =
    typeof vcard === 'string' ? vcard.slice(0, 10_000).matchAll(/^(?:item\d+\.)?TEL[^:\n]*:(.+)$/gim) : [];
  return [...lines].map(([, number = '']) => number.replace(/\D/g, '')).slice(0, 10);
}

function phoneIn(written: string, country: string): string | undefined {
  const chat = tryParseChatId(written, country);
  return chat && chatKind(chat) === 'user' ? phoneOf(chat) : undefined;
}
