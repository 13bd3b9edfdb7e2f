import { proto } from 'baileys';

/** Fields that hold nothing but another message. */
const WRAPPERS = [
  'deviceSentMessage',
  'ephemeralMessage',
  'viewOnceMessage',
  'viewOnceMessageV2',
  'viewOnceMessageV2Extension',
  'documentWithCaptionMessage',
  'editedMessage',
  'groupMentionedMessage',
  'lottieStickerMessage',
  'associatedChildMessage',
  'groupStatusMessage',
  'groupStatusMessageV2',
  'botInvokeMessage',
  'botForwardedMessage',
  'pollCreationMessageV4',
  'questionMessage',
] as const;
const VIEW_ONCE = new Set<string>(['viewOnceMessage', 'viewOnceMessageV2', 'viewOnceMessageV2Extension']);
/** Fields that travel along with a message and show nothing. */
const LUGGAGE = new Set<string>([
  'senderKeyDistributionMessage',
  'fastRatchetKeySenderKeyDistributionMessage',
  'messageContextInfo',
]);
const { MEDIA_ALBUM } = proto.MessageAssociation.AssociationType;
const DEPTH_MAX = 10;

interface Unwrapped {
  readonly message: proto.IMessage;
  /** It may be looked at once only. */
  readonly viewOnce: boolean;
  /** The secret that votes and answers to this message are encrypted with. */
  readonly secret: Uint8Array | undefined;
  /** Id of the album that it belongs to. */
  readonly album: string | undefined;
}

/** The message inside all wrappers, the same object that the outer one holds. */
export function unwrap(outer: proto.IMessage): Unwrapped {
  let message = outer;
  let viewOnce = false;
  let secret: Uint8Array | undefined;
  let album: string | undefined;
  for (let depth = 0; depth < DEPTH_MAX; depth += 1) {
    secret = secretIn(message) ?? secret;
    album = albumOf(message) ?? album;
    const current = message;
    const wrapper = WRAPPERS.find((each) => current[each]?.message);
    const inner = wrapper && current[wrapper]?.message;
    if (!wrapper || !inner) break;
    viewOnce ||= VIEW_ONCE.has(wrapper);
    message = inner;
  }
  const part = partOf(message)?.value as { viewOnce?: boolean | null } | undefined;
  return { message, viewOnce: viewOnce || part?.viewOnce === true, secret, album };
}

function secretIn(message: proto.IMessage): Uint8Array | undefined {
  const secret = message.messageContextInfo?.messageSecret ?? message.pollCreationMessage?.encKey;
  return secret && secret.length > 0 ? secret : undefined;
}

function albumOf({ messageContextInfo }: proto.IMessage): string | undefined {
  const { associationType, parentMessageKey } = messageContextInfo?.messageAssociation ?? {};
  return associationType === MEDIA_ALBUM ? (parentMessageKey?.id ?? undefined) : undefined;
}

/** What an unwrapped message is: the name of a field, and what that holds. */
export interface Part {
  readonly field: keyof proto.IMessage;
  readonly value: unknown;
}

/** The one field of an unwrapped message that says what it is; undefined when it has none. */
export function partOf(message: proto.IMessage): Part | undefined {
  for (const [field, value] of Object.entries(message)) {
    if (value === null || value === undefined || LUGGAGE.has(field)) continue;
    return { field: field as keyof proto.IMessage, value };
  }
  return undefined;
}

/** What an unwrapped message refers to: a quoted message, people, a time to vanish. */
export function contextOf(message: proto.IMessage): proto.IContextInfo | undefined {
  const value = partOf(message)?.value;
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as { contextInfo?: proto.IContextInfo | null }).contextInfo ?? undefined;
}
