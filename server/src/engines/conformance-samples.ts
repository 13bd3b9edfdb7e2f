import { storedChat } from '../platform/chat-id.ts';
import { sampleFile, samplePreview } from './conformance-files.ts';
import type { OutgoingContent, OutgoingKind } from './port.ts';

const thumbnail = samplePreview.toString('base64');
const looks = { width: 640, height: 480 };
const waveform = Array.from({ length: 64 }, (_, index) => index);

const card = (name: string, digits: string) =>
  `BEGIN:VCARD\nVERSION:3.0\nN:;${name};;;\nFN:${name}\nTEL;type=CELL;type=VOICE;waid=${digits}:+${digits}\nEND:VCARD`;
const [mill, dairy] = [card('Flour mill', '628123456789'), card('Dairy', '628123456788')];

/** A message of each kind that can be sent, and how the phone of its receiver shows it. */
export const samples: {
  [Kind in OutgoingKind]: { sent: OutgoingContent<Kind>; shown: Record<string, unknown> };
} = {
  text: {
    sent: {
      type: 'text',
      text: 'Rye or wheat? 🥐 https://example.com/bread',
      preview: { url: 'https://example.com/bread', title: 'Bread', description: 'Baked today' },
    },
    shown: {
      type: 'text',
      text: 'Rye or wheat? 🥐 https://example.com/bread',
      content: { preview: { url: 'https://example.com/bread', title: 'Bread', description: 'Baked today' } },
    },
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
  event: {
    sent: {
      ...{ type: 'event', name: 'Opening', description: 'With cake' },
      ...{ start: new Date('2035-03-01T02:00:00Z'), end: new Date('2035-03-01T04:00:00Z') },
      location: { latitude: -6.1754, longitude: 106.8272, name: 'Bakery' },
      ...{ extraGuests: true, secret: Buffer.alloc(32, 9).toString('base64') },
    },
    shown: {
      type: 'event',
      content: {
        event: {
          ...{ name: 'Opening', description: 'With cake', extraGuests: true },
          ...{ start: Date.UTC(2035, 2, 1, 2), end: Date.UTC(2035, 2, 1, 4) },
          location: { latitude: -6.1754, longitude: 106.8272, name: 'Bakery' },
        },
      },
    },
  },
  'group-invite': {
    sent: {
      ...{ type: 'group-invite', group: storedChat('120363000000000001@g.us'), name: 'Bakers' },
      ...{ code: 'Hq7vSampleCode', until: new Date('2035-03-01T02:00:00Z'), caption: 'Join us' },
    },
    shown: {
      type: 'groupInvite',
      text: 'Join us',
      content: {
        invite: {
          ...{ group: '120363000000000001@g.us', name: 'Bakers', code: 'Hq7vSampleCode' },
          expiresAt: Date.UTC(2035, 2, 1, 2),
        },
      },
    },
  },
  image: {
    sent: {
      type: 'image',
      file: sampleFile('oven.jpg', 'image/jpeg'),
      ...{ caption: 'Our new oven', ...looks, viewOnce: true },
    },
    shown: {
      type: 'image',
      content: { caption: 'Our new oven', mimetype: 'image/jpeg', ...looks, thumbnail, viewOnce: true },
    },
  },
  video: {
    sent: {
      type: 'video',
      file: sampleFile('oven.mp4', 'video/mp4'),
      ...{ caption: 'It bakes', ...looks, seconds: 7 },
    },
    shown: { type: 'video', content: { caption: 'It bakes', mimetype: 'video/mp4', ...looks, seconds: 7 } },
  },
  audio: {
    sent: { type: 'audio', file: sampleFile('song.mp3', 'audio/mpeg'), seconds: 120 },
    shown: { type: 'audio', content: { mimetype: 'audio/mpeg', seconds: 120 } },
  },
  voice: {
    sent: {
      type: 'voice',
      file: sampleFile('note.ogg', 'audio/ogg; codecs=opus'),
      ...{ seconds: 4, waveform: Buffer.from(waveform).toString('base64') },
    },
    shown: { type: 'voice', content: { mimetype: 'audio/ogg; codecs=opus', seconds: 4, waveform } },
  },
  document: {
    sent: {
      type: 'document',
      file: sampleFile('prices.pdf', 'application/pdf', 70_000),
      ...{ filename: 'prices.pdf', caption: 'From May on' },
    },
    shown: {
      type: 'document',
      content: { fileName: 'prices.pdf', caption: 'From May on', mimetype: 'application/pdf', size: 70_000 },
    },
  },
  sticker: {
    sent: {
      type: 'sticker',
      file: sampleFile('bun.webp', 'image/webp'),
      ...{ width: 512, height: 512, animated: true },
    },
    shown: { type: 'sticker', content: { mimetype: 'image/webp', width: 512, height: 512, animated: true } },
  },
};
