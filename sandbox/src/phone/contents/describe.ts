import type { proto } from 'baileys';
import { base64, type Content, type Description, present, type Who } from './content.ts';
import * as business from './describe-business.ts';
import * as media from './describe-media.ts';
import { notice } from './describe-notice.ts';
import * as people from './describe-people.ts';
import { contextOf, partOf, unwrap } from './unwrap.ts';

type Describers = {
  [F in keyof proto.IMessage]?: (part: NonNullable<proto.IMessage[F]>, who: Who) => Description;
};

const DESCRIBERS: Describers = {
  conversation: (text) => ({ type: 'text', text, content: {} }),
  extendedTextMessage: text,
  imageMessage: media.image,
  videoMessage: media.video,
  ptvMessage: media.roundVideo,
  audioMessage: media.audio,
  documentMessage: media.document,
  stickerMessage: media.sticker,
  locationMessage: people.location,
  liveLocationMessage: people.liveLocation,
  contactMessage: people.contact,
  contactsArrayMessage: people.contacts,
  pollCreationMessage: people.poll,
  pollCreationMessageV2: people.poll,
  pollCreationMessageV3: people.poll,
  pollCreationMessageV5: people.poll,
  eventMessage: people.event,
  groupInviteMessage: people.groupInvite,
  reactionMessage: ({ key, text: emoji }) => ({
    type: 'reaction',
    text: emoji ?? '',
    content: present({ target: key?.id }),
  }),
  commentMessage: ({ message, targetMessageKey }) => ({
    type: 'comment',
    text: message ? describe(message).text : '',
    content: present({ target: targetMessageKey?.id }),
  }),
  protocolMessage: notice,
  requestPhoneNumberMessage: () => ({
    ...{ type: 'requestPhoneNumber', text: 'Asks for the phone number.', content: {} },
  }),
  buttonsMessage: business.buttons,
  listMessage: business.list,
  templateMessage: business.template,
  interactiveMessage: business.interactive,
  buttonsResponseMessage: (part) =>
    business.chosen('buttonReply', part.selectedButtonId, part.selectedDisplayText),
  templateButtonReplyMessage: (part) =>
    business.chosen('buttonReply', part.selectedId, part.selectedDisplayText),
  listResponseMessage: (part) =>
    business.chosen('listReply', part.singleSelectReply?.selectedRowId, part.title),
  interactiveResponseMessage: ({ body, nativeFlowResponseMessage }) =>
    business.chosen('interactiveReply', nativeFlowResponseMessage?.name, body?.text),
  productMessage: business.product,
  orderMessage: business.order,
  albumMessage: media.album,
};

/** What a person sees of a decrypted message. Never fails: what it has no picture for is named by its field. */
export function describe(outer: proto.IMessage, who: Who = (jid) => jid): Description {
  const { message, viewOnce, album } = unwrap(outer);
  const part = partOf(message);
  if (!part) return { type: 'empty', text: '', content: {} };
  const known = DESCRIBERS[part.field] as ((value: unknown, who: Who) => Description) | undefined;
  const { type, text: words, content } = known ? known(part.value, who) : unknown(part.field, part.value);
  return {
    type,
    text: words,
    content: {
      ...content,
      ...(viewOnce && { viewOnce }),
      ...present({ inAlbum: album }),
      ...surroundings(message, who),
    },
  };
}

function text(part: proto.Message.IExtendedTextMessage): Description {
  const { matchedText: url, title, description, jpegThumbnail } = part;
  const preview = present({ url, title, description, thumbnail: base64(jpegThumbnail) });
  const look = {
    background: rgb(part.backgroundArgb),
    color: rgb(part.textArgb),
    font: part.font || undefined,
  };
  return { type: 'text', text: part.text ?? '', content: { ...present(look), ...(url && { preview }) } };
}

/** A colour without its opacity, as `#rrggbb`. */
function rgb(argb: number | null | undefined): string | undefined {
  return argb ? `#${(argb % 0x1000000).toString(16).padStart(6, '0')}` : undefined;
}

function surroundings(message: proto.IMessage, who: Who): Content {
  const context = contextOf(message);
  if (!context) return {};
  return present({
    mentions: context.mentionedJid?.map(who),
    mentionsAll: context.nonJidMentions ? true : undefined,
    forwarded: context.isForwarded || undefined,
    expiration: context.expiration || undefined,
  });
}

function unknown(field: string, value: unknown): Description {
  const { caption, name, displayName } = value as Record<string, unknown>;
  const words = [caption, name, displayName].find((each) => typeof each === 'string');
  return {
    type: field.replace(/(Message)?(V\d)?$/, ''),
    text: (words as string | undefined) ?? '',
    content: { field },
  };
}
