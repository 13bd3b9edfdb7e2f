import { createHash } from 'node:crypto';
import { proto } from 'baileys';
import { describe } from './describe.ts';
import { ContentRefused, type NewDeed } from './new-message.ts';
import { seal } from './secrets.ts';
import { partOf, unwrap } from './unwrap.ts';

/** The message that a deed is about, as its chat names it and its people. */
export interface DeedTarget {
  readonly key: proto.IMessageKey;
  readonly type: string;
  readonly content: proto.IMessage;
  readonly fromMe: boolean;
  /** Whether this person may take back messages of others here. */
  readonly isAdmin: boolean;
  /** Whether this person may pin messages for everybody here. */
  readonly mayPin: boolean;
  /** JIDs of whoever wrote it and of this person, as the chat names people. */
  readonly parties: { readonly creator: string; readonly actor: string };
  /** The same as clients name them who look for the answer to an event. */
  readonly eventParties: { readonly creator: string; readonly actor: string };
}

type Builders = {
  [K in NewDeed['type']]: (body: Extract<NewDeed, { type: K }>, target: DeedTarget) => proto.IMessage;
};

const { Type } = proto.Message.ProtocolMessage;
const PIN_SECONDS = 7 * 86_400;

const BUILDERS: Builders = {
  reaction: ({ text }, { key }) => ({ reactionMessage: { key, text, senderTimestampMs: Date.now() } }),
  edit: ({ text }, target) => {
    if (!target.fromMe) throw new ContentRefused(403, 'NOT_YOURS', 'Only the author may edit a message.');
    const editedMessage = changed(target, text);
    const timestampMs = Date.now();
    return { protocolMessage: { key: target.key, type: Type.MESSAGE_EDIT, editedMessage, timestampMs } };
  },
  revoke: (_, { key, fromMe, isAdmin }) => {
    if (!fromMe && !isAdmin)
      throw new ContentRefused(
        403,
        'NOT_YOURS',
        'Only the author may take a message back, or an admin of its group.',
      );
    return { protocolMessage: { key, type: Type.REVOKE } };
  },
  vote: ({ options }, target) => {
    const { poll } = describe(target.content).content;
    if (!poll) throw new ContentRefused(409, 'NOT_A_POLL', 'The message is no poll.');
    const unknown = options.find((each) => !poll.options.some(({ name }) => name === each));
    if (unknown !== undefined)
      throw new ContentRefused(400, 'VALIDATION_ERROR', `The poll has no option "${unknown}".`);
    if (poll.selectable > 0 && options.length > poll.selectable)
      throw new ContentRefused(
        400,
        'VALIDATION_ERROR',
        `The poll allows ${poll.selectable} options at most.`,
      );
    const selectedOptions = options.map((each) => createHash('sha256').update(each).digest());
    const plain = proto.Message.PollVoteMessage.encode({ selectedOptions }).finish();
    const { payload, iv } = sealedFor('Poll Vote', target, target.parties, plain);
    const vote = { encPayload: payload, encIv: iv };
    return { pollUpdateMessage: { pollCreationMessageKey: target.key, vote, senderTimestampMs: Date.now() } };
  },
  eventResponse: ({ response, guests = 0 }, target) => {
    const { event } = describe(target.content).content;
    if (!event) throw new ContentRefused(409, 'NOT_AN_EVENT', 'The message is no event.');
    const { EventResponseType } = proto.Message.EventResponseMessage;
    const said = {
      going: EventResponseType.GOING,
      notGoing: EventResponseType.NOT_GOING,
      maybe: EventResponseType.MAYBE,
    };
    const answer = { response: said[response], timestampMs: Date.now(), extraGuestCount: guests };
    const plain = proto.Message.EventResponseMessage.encode(answer).finish();
    const { payload, iv } = sealedFor('Event Response', target, target.eventParties, plain);
    return {
      encEventResponseMessage: { eventCreationMessageKey: target.key, encPayload: payload, encIv: iv },
    };
  },
  pin: ({ pinned = true, seconds = PIN_SECONDS }, { key, mayPin }) => {
    if (!mayPin) throw new ContentRefused(403, 'NOT_ADMIN', 'In a locked group only admins pin messages.');
    const { PIN_FOR_ALL, UNPIN_FOR_ALL } = proto.Message.PinInChatMessage.Type;
    return {
      pinInChatMessage: { key, type: pinned ? PIN_FOR_ALL : UNPIN_FOR_ALL, senderTimestampMs: Date.now() },
      messageContextInfo: { messageAddOnDurationInSecs: pinned ? seconds : 0 },
    };
  },
  keep: ({ kept = true }, { key, content }) => {
    if (describe(content).content.expiration === undefined)
      throw new ContentRefused(409, 'NOT_DISAPPEARING', 'Only a message that disappears is kept.');
    const { KEEP_FOR_ALL, UNDO_KEEP_FOR_ALL } = proto.KeepType;
    return {
      keepInChatMessage: { key, keepType: kept ? KEEP_FOR_ALL : UNDO_KEEP_FOR_ALL, timestampMs: Date.now() },
    };
  },
};

/** The message that does something to an earlier one. Throws ContentRefused when that can't be. */
export function buildDeed(body: NewDeed, target: DeedTarget): proto.IMessage {
  if (target.type === 'revoked')
    throw new ContentRefused(409, 'MESSAGE_REVOKED', 'The message has been taken back.');
  return (BUILDERS[body.type] as (each: NewDeed, about: DeedTarget) => proto.IMessage)(body, target);
}

const CAPTIONED = new Set<string>(['imageMessage', 'videoMessage', 'documentMessage']);

/** The message with another text, or another caption. */
function changed({ content }: DeedTarget, text: string): proto.IMessage {
  const part = partOf(unwrap(content).message);
  if (part?.field === 'conversation') return { conversation: text };
  if (part?.field === 'extendedTextMessage') return { extendedTextMessage: { text } };
  if (!part || !CAPTIONED.has(part.field))
    throw new ContentRefused(409, 'NOT_EDITABLE', 'Only texts and captions can be edited.');
  return { [part.field]: { ...(part.value as object), caption: text, contextInfo: undefined } };
}

function sealedFor(
  purpose: Parameters<typeof seal>[0],
  { key, content }: DeedTarget,
  parties: DeedTarget['parties'],
  plain: Uint8Array,
) {
  const { secret } = unwrap(content);
  if (!secret)
    throw new ContentRefused(409, 'NO_SECRET', 'The message came without the secret that answers need.');
  return seal(purpose, secret, { id: key.id ?? '', ...parties }, plain);
}
