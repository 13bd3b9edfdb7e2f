import type { proto } from 'baileys';
import type { QuotedMessage } from '../../port.ts';

type Content = NonNullable<QuotedMessage['content']>;

/** What phones show of each kind above an answer; files only by their description. */
const shown: Record<string, (content: Content) => proto.IMessage> = {
  image: (content) => ({ imageMessage: caption(content) }),
  video: (content) => {
    const video = { ...caption(content), ...seconds(content), gifPlayback: content.shape === 'gif' };
    return content.shape === 'round' ? { ptvMessage: video } : { videoMessage: video };
  },
  audio: (content) => ({ audioMessage: { ...mimetype(content), ...seconds(content) } }),
  voice: (content) => ({ audioMessage: { ...mimetype(content), ...seconds(content), ptt: true } }),
  document: (content) => ({
    documentMessage: { ...caption(content), ...text('fileName', content.filename) },
  }),
  sticker: (content) => ({ stickerMessage: mimetype(content) }),
  location: (content) => ({
    [content.live ? 'liveLocationMessage' : 'locationMessage']: {
      degreesLatitude: Number(content.latitude),
      degreesLongitude: Number(content.longitude),
      ...text('name', content.name),
      ...text('address', content.address),
    },
  }),
  contact: (content) => {
    const cards = listOf<{ name: string; vcard: string }>(content.contacts);
    const contacts = cards.map(({ name: displayName, vcard }) => ({ displayName, vcard }));
    const [card] = contacts;
    return card && contacts.length === 1
      ? { contactMessage: card }
      : { contactsArrayMessage: { contacts, displayName: cards.map(({ name }) => name).join(', ') } };
  },
  poll: ({ question, options, choicesMax }) => ({
    pollCreationMessage: {
      ...text('name', question),
      options: listOf<string>(options).map((optionName) => ({ optionName })),
      selectableOptionsCount: Number(choicesMax ?? 0),
    },
  }),
};

/** The quoted message as it is shown on phones above the answer: a copy, for theirs may be gone. */
export function quotedContent({ content, text: conversation }: QuotedMessage): proto.IMessage {
  const show = content && Object.hasOwn(shown, content.type) ? shown[content.type] : undefined;
  return content && show ? show(content) : { conversation };
}

const text = (name: string, value: unknown) => (typeof value === 'string' ? { [name]: value } : {});
const mimetype = (content: Content) => text('mimetype', content.mimetype);
const caption = (content: Content) => ({ ...text('caption', content.caption), ...mimetype(content) });
const seconds = (content: Content) =>
  typeof content.seconds === 'number' ? { seconds: content.seconds } : {};
const listOf = <T>(value: unknown): T[] => (Array.isArray(value) ? value : []);
