import type { OutgoingContent, OutgoingKind } from './port.ts';

const card = (name: string, digits: string) =>
  `BEGIN:VCARD\nVERSION:3.0\nN:;${name};;;\nFN:${name}\nTEL;type=CELL;type=VOICE;waid=${digits}:+${digits}\nEND:VCARD`;
const [mill, dairy] = [card('Flour mill', '628123456789'), card('Dairy', '628123456788')];

/** A message of each kind that can be sent, and how the phone of its receiver shows it. */
export const samples: {
  [Kind in OutgoingKind]: { sent: OutgoingContent<Kind>; shown: Record<string, unknown> };
} = {
  text: {
    sent: { type: 'text', text: 'Rye or wheat? 🥐' },
    shown: { type: 'text', text: 'Rye or wheat? 🥐' },
  },
  location: {
    sent: {
      type: 'location',
      latitude: -6.1754,
      longitude: 106.8272,
      name: 'Bakery',
      address: 'Jalan Merdeka 1',
    },
    shown: {
      type: 'location',
      content: {
        location: { latitude: -6.1754, longitude: 106.8272, name: 'Bakery', address: 'Jalan Merdeka 1' },
      },
    },
  },
  contact: {
    sent: {
      type: 'contact',
      contacts: [
        { name: 'Flour mill', vcard: mill },
        { name: 'Dairy', vcard: dairy },
      ],
    },
    shown: {
      type: 'contacts',
      content: {
        contacts: [
          { name: 'Flour mill', vcard: mill, numbers: ['628123456789'] },
          { name: 'Dairy', vcard: dairy, numbers: ['628123456788'] },
        ],
      },
    },
  },
  poll: {
    sent: {
      type: 'poll',
      question: 'Which bread?',
      options: ['Rye', 'Wheat'],
      choicesMax: 1,
      secret: Buffer.alloc(32, 7).toString('base64'),
    },
    shown: {
      type: 'poll',
      content: {
        poll: { question: 'Which bread?', selectable: 1, options: [{ name: 'Rye' }, { name: 'Wheat' }] },
      },
    },
  },
};
