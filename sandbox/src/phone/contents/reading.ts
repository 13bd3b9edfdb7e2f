import { proto, toNumber } from 'baileys';
import { describe } from './describe.ts';
import { isNotice } from './describe-notice.ts';
import { partOf, unwrap } from './unwrap.ts';

const { Type } = proto.Message.ProtocolMessage;
const PIN_SECONDS = 7 * 86_400;
/** Characters of what a member calls itself. */
const LABEL_MAX = 30;

/** Bytes that only those who know a message's secret can read. */
export interface Sealed {
  readonly payload: Uint8Array;
  readonly iv: Uint8Array;
}

/** What a message does on a phone: something new to see, or a deed to the message of `key`. */
export type Reading =
  | { readonly is: 'shown'; readonly type: string; readonly text: string }
  | { readonly is: 'hidden' }
  | { readonly is: 'labelled'; readonly label: string }
  | Deed;

/** `until` is unix milliseconds. */
export type Deed = { readonly key: proto.IMessageKey } & (
  | { readonly is: 'revoked' }
  | { readonly is: 'edited'; readonly message: proto.IMessage }
  | { readonly is: 'voted'; readonly sealed: Sealed }
  | { readonly is: 'responded'; readonly sealed: Sealed }
  | { readonly is: 'sealedReaction'; readonly sealed: Sealed }
  | { readonly is: 'sealedEdit'; readonly purpose: 'Event Edit' | 'Message Edit'; readonly sealed: Sealed }
  | { readonly is: 'pinned'; readonly until: number | undefined }
  | { readonly is: 'kept'; readonly keep: boolean }
);

const { EVENT_EDIT, MESSAGE_EDIT } = proto.Message.SecretEncryptedMessage.SecretEncType;
const EDITS = new Map<unknown, 'Event Edit' | 'Message Edit'>([
  [EVENT_EDIT, 'Event Edit'],
  [MESSAGE_EDIT, 'Message Edit'],
]);

const HIDDEN: Reading = { is: 'hidden' };

/** Reads a decrypted message the way a phone does. */
export function readingOf(outer: proto.IMessage): Reading {
  const { message } = unwrap(outer);
  const { protocolMessage, pollUpdateMessage, encEventResponseMessage } = message;
  const { pinInChatMessage, keepInChatMessage, encReactionMessage, secretEncryptedMessage } = message;
  if (protocolMessage) return protocolReading(outer, protocolMessage);
  if (pollUpdateMessage) {
    const { pollCreationMessageKey: key, vote } = pollUpdateMessage;
    const sealed = sealedIn(vote);
    return key?.id && sealed ? { is: 'voted', key, sealed } : HIDDEN;
  }
  if (encEventResponseMessage) {
    const key = encEventResponseMessage.eventCreationMessageKey;
    const sealed = sealedIn(encEventResponseMessage);
    return key?.id && sealed ? { is: 'responded', key, sealed } : HIDDEN;
  }
  if (encReactionMessage) {
    const { targetMessageKey: key } = encReactionMessage;
    const sealed = sealedIn(encReactionMessage);
    return key?.id && sealed ? { is: 'sealedReaction', key, sealed } : HIDDEN;
  }
  if (secretEncryptedMessage) {
    const { targetMessageKey: key, secretEncType } = secretEncryptedMessage;
    const sealed = sealedIn(secretEncryptedMessage);
    const purpose = EDITS.get(secretEncType);
    return key?.id && sealed && purpose ? { is: 'sealedEdit', key, purpose, sealed } : HIDDEN;
  }
  if (pinInChatMessage?.key) {
    const { key, type, senderTimestampMs } = pinInChatMessage;
    const seconds = outer.messageContextInfo?.messageAddOnDurationInSecs || PIN_SECONDS;
    const isPin = type === proto.Message.PinInChatMessage.Type.PIN_FOR_ALL;
    const at = momentIn(senderTimestampMs) ?? Date.now();
    return { is: 'pinned', key, until: isPin ? at + seconds * 1000 : undefined };
  }
  if (keepInChatMessage?.key) {
    const { key, keepType } = keepInChatMessage;
    return { is: 'kept', key, keep: keepType === proto.KeepType.KEEP_FOR_ALL };
  }
  if (!partOf(message)) return HIDDEN;
  const { type, text } = describe(outer);
  return { is: 'shown', type, text };
}

function protocolReading(
  outer: proto.IMessage,
  { key, type, editedMessage, memberLabel }: proto.Message.IProtocolMessage,
): Reading {
  if (key?.id && type === Type.REVOKE) return { is: 'revoked', key };
  if (key?.id && type === Type.MESSAGE_EDIT && editedMessage) {
    return { is: 'edited', key, message: editedMessage };
  }
  if (type === Type.GROUP_MEMBER_LABEL_CHANGE && memberLabel) {
    return { is: 'labelled', label: (memberLabel.label ?? '').slice(0, LABEL_MAX) };
  }
  if (!isNotice(type)) return HIDDEN;
  const shown = describe(outer);
  return { is: 'shown', type: shown.type, text: shown.text };
}

const CLOCKS_DIFFER_MS = 86_400_000;

/** Unix milliseconds as a client gives them; undefined when they can't be right, as anything may be written there. */
export function momentIn(value: Parameters<typeof toNumber>[0]): number | undefined {
  const moment = toNumber(value);
  const isRight = Number.isInteger(moment) && moment > 0 && moment < Date.now() + CLOCKS_DIFFER_MS;
  return isRight ? moment : undefined;
}

function sealedIn(value: proto.Message.IPollEncValue | null | undefined): Sealed | undefined {
  const { encPayload: payload, encIv: iv } = value ?? {};
  return payload && iv ? { payload, iv } : undefined;
}
