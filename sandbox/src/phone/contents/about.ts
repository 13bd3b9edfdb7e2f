import { proto } from 'baileys';
import { partOf, unwrap } from './unwrap.ts';

/** What the stanza of a message says about its content: `type`, `edit`, the `mediatype` of its ciphertexts, and what a poll is. */
export interface StanzaAttributes {
  readonly type: string;
  readonly edit?: string | undefined;
  readonly mediatype?: string | undefined;
  readonly polltype?: 'creation' | 'vote' | undefined;
}

const TYPES: Record<string, string> = {
  reactionMessage: 'reaction',
  encReactionMessage: 'reaction',
  pollCreationMessage: 'poll',
  pollCreationMessageV2: 'poll',
  pollCreationMessageV3: 'poll',
  pollUpdateMessage: 'poll',
  eventMessage: 'event',
};

const MEDIA_TYPES: Record<string, string> = {
  imageMessage: 'image',
  ptvMessage: 'ptv',
  contactMessage: 'vcard',
  documentMessage: 'document',
  contactsArrayMessage: 'contact_array',
  liveLocationMessage: 'livelocation',
  stickerMessage: 'sticker',
  groupInviteMessage: 'url',
};

/** The attributes that go with a message, as clients write them. */
export function aboutMessage(outer: proto.IMessage): StanzaAttributes {
  const { message } = unwrap(outer);
  const field = partOf(message)?.field ?? '';
  const mediatype = mediaType(message, field);
  const type = TYPES[field] ?? (mediatype ? 'media' : 'text');
  const polltype = field === 'pollUpdateMessage' ? 'vote' : type === 'poll' ? 'creation' : undefined;
  return { type, edit: editOf(message), mediatype, polltype };
}

function mediaType({ videoMessage, audioMessage }: proto.IMessage, field: string): string | undefined {
  if (videoMessage) return videoMessage.gifPlayback ? 'gif' : 'video';
  if (audioMessage) return audioMessage.ptt ? 'ptt' : 'audio';
  return MEDIA_TYPES[field];
}

function editOf({ protocolMessage, pinInChatMessage }: proto.IMessage): string | undefined {
  const { Type } = proto.Message.ProtocolMessage;
  if (pinInChatMessage) return '2';
  if (protocolMessage?.type === Type.MESSAGE_EDIT) return '1';
  if (protocolMessage?.type !== Type.REVOKE) return undefined;
  return protocolMessage.key?.fromMe ? '7' : '8';
}
