import type { RawBuilder } from 'kysely';
import type { ChatId } from '../platform/chat-id.ts';
import type { Tx } from '../platform/db/transaction.ts';
import type { App } from '../platform/feature.ts';
import type { Keeps } from '../platform/keeps/keeps.ts';
import type { Log } from '../platform/log.ts';
import type { StateChange } from './chat-states.ts';
import type { ChatFact, Expiration, Person } from './chats.ts';
import type { IncomingFile } from './files.ts';
import type { GroupNews } from './groups.ts';
import type { EngineMessageId } from './message-id.ts';
import type { Outgoing, OutgoingChanges, OutgoingKind } from './outgoing.ts';
import type { Powers, PresenceFact } from './powers.ts';

export type { NamedMessage, StateChange, StateKinds, StatePower } from './chat-states.ts';
export type { ChatFact, Expiration, Person } from './chats.ts';
export type { FilePower, Files, IncomingFile, OutgoingFile } from './files.ts';
export type {
  GroupChange,
  GroupInfo,
  GroupKind,
  GroupMember,
  GroupNews,
  GroupPower,
  GroupRole,
  GroupSettings,
  MemberAction,
  MemberResult,
} from './groups.ts';
export type { EngineMessageId } from './message-id.ts';
export type {
  Looks,
  Outgoing,
  OutgoingChange,
  OutgoingChanges,
  OutgoingContent,
  OutgoingContents,
  OutgoingContext,
  OutgoingKind,
  OutgoingMessage,
  QuotedMessage,
  Target,
  TextLook,
} from './outgoing.ts';
export type {
  AnswerPower,
  EventResponse,
  PeoplePower,
  Powers,
  PresenceFact,
  PresencePower,
  SecretMessage,
  Shown,
} from './powers.ts';
export { EngineBusy, EngineGone, EngineRefusal, FileDamaged, FileGone, FileNotSent } from './refusals.ts';

interface EngineRow {
  /** The pause between two messages of a profile whose settings name none. */
  readonly messageDelayMs: number;
  /** What older servers and their clients call it. */
  readonly formerly?: string;
}

const rows = {
  // WhatsApp watches how fast an account sends; the sandbox does not.
  baileys: { messageDelayMs: 1500, formerly: 'whatsapp-web-js' },
  sandbox: { messageDelayMs: 0, formerly: 'mock' },
} satisfies Readonly<Record<string, EngineRow>>;

export type EngineName = keyof typeof rows;

/** Every engine there is, by the name that profiles store. */
export const engineRows: Readonly<Record<EngineName, EngineRow>> = rows;

/** Why a connection ended, in words any engine can use; `features/profiles` decides what follows from each. */
export type Cause =
  | 'restart-asked' // the network asks for a fresh connection, as after pairing
  | 'connection-lost' // the socket closed, broke, or went silent
  | 'never-answered' // no connection came about in time
  | 'unavailable' // the network says it is busy or away
  | 'scan-expired' // nobody scanned or typed the code in time
  | 'replaced' // the same device logged in elsewhere
  | 'logged-out' // unlinked from the phone, or the login is no longer known
  | 'banned' // the account is barred
  | 'outdated' // this client version is no longer accepted
  | 'session-damaged' // the network refuses the login of this device, though it does not say that it is unlinked
  | 'stream-broken' // the network ended a connection that was up with an error that says nothing more
  | 'not-whatsapp' // the server could not prove that it is the network
  | 'not-linkable' // the account takes no linked devices at present
  | 'closed'; // we closed it

/** What a connection is right now. Connecting never fails by exception: every outcome is one of these. */
export type Link =
  | { is: 'connecting' }
  | { is: 'waiting-for-scan'; qr: string; expiresAt: Date }
  | { is: 'waiting-for-code'; code: string; expiresAt: Date }
  | { is: 'pairing' }
  | { is: 'connected'; as: ChatId; lid?: ChatId; name?: string }
  | { is: 'ended'; cause: Cause; reason: string; code?: number; retryAfterMs?: number };

/** A message that arrived or that the person sent from another of their devices. */
export interface IncomingMessage {
  id: EngineMessageId;
  chat: ChatId;
  /** The other name of a direct chat, when the stanza names both. */
  chatAlias?: ChatId;
  sender: Person;
  fromMe: boolean;
  timestamp: Date;
  /**
   * Engine-neutral content: `type` names the kind, the rest is documented per kind in `features/messages`. What is
   * done to a message comes as `edited`, `revoked`, `reaction`, `poll-vote`, `event-response`, `pinned`, `kept` or `deed` and names it by `targetId`;
   * `sentAt` is the sender's own clock. An answer that only who has the message's `secret` can read comes `sealed`. Who does it only `sender` and `fromMe` say.
   */
  content: { type: string } & Record<string, unknown>;
  quotedId?: EngineMessageId;
  /** The file that it carries, to be fetched from the network. */
  file?: IncomingFile;
  /** How long it lasts on phones; of a message of type `expiration-set`, how long all that follow do. */
  expiration?: Expiration;
  /** Sent while the profile was offline, or part of the history: no reason for a notification. */
  late: boolean;
}

/** A part of what the phone tells of the past. */
export interface Past {
  /** Of a chat the newest come first; what was done to a message comes after it. */
  messages: { message: IncomingMessage; status?: ReceiptStatus }[];
  /** The chats of these messages, and `unread` of each: how many of its newest the phone has not shown to anybody. */
  chats: (ChatFact & { unread: number })[];
  people: Person[];
  /** Of all that the phone is to tell by itself, when this part is the last of a piece. */
  percent?: number;
  /** The question that it answers. */
  answers?: string;
}

/**
 * Removes the engine's own record of messages it delivered. Call it in the transaction that stores them (or decides
 * to ignore them): until that commits, the engine delivers them again.
 */
export interface Settle {
  (tx: Tx, messages: readonly IncomingMessage[]): Promise<void>;
  /** The same as a part of the statement that stores them, where the engine can. */
  readonly within?: (messages: readonly IncomingMessage[]) => SettlePart;
}

export interface SettlePart {
  /** What removes the record when the condition holds; its text is always the same. */
  part(condition: RawBuilder<boolean>): RawBuilder<unknown>;
  /** To be called when the statement has run, and the condition held. */
  committed(): void;
}

export type ReceiptStatus = 'delivered' | 'read' | 'played';

/** Messages we sent have reached or been seen by somebody; `by` is the receiver, in groups one of the members. */
export interface Receipt {
  chat: ChatId;
  ids: EngineMessageId[];
  status: ReceiptStatus;
  by?: ChatId;
  /** We read these messages of others on another device. */
  own?: true;
  at: Date;
}

/** What the network restricts of an account, as far as it has changed; null: nothing any more. */
export interface Restriction {
  /** Until then it may not write to people with whom it has no chat; `why` in the network's own words. */
  newChats?: { until: Date | null; why: string | null } | null;
  /** How many new chats it may begin in a while, and how many it has begun. */
  newChatsCap?: { total: number; used: number } | null;
}

/** The calls that an engine makes; it awaits every promise before it goes on. */
export interface Listener {
  linkChanged(link: Link): void;
  received(messages: IncomingMessage[], settle: Settle): Promise<void>;
  receipts(receipts: Receipt[]): Promise<void>;
  /** Left out, the past is not read. `settle` belongs in the transaction that stores it: it is not told again then. */
  past?(past: Past, settle: (tx: Tx) => Promise<void>): Promise<void>;
  /**
   * What was set for chats, labels and contacts on other devices of the account, in order; also what was set before this
   * device was linked. Left out, nobody asks for it. `settle` belongs at the beginning of the transaction that stores
   * it, for it may lock the lease of the profile; until that commits, it is told again.
   */
  stateTold?(changes: StateChange[], settle: (tx: Tx) => Promise<void>): Promise<void>;
  /** The facts hold from now on; those of a group come from the network itself, not from a member. */
  chatsTold(facts: ChatFact[]): Promise<void>;
  /** What has happened in groups, in order; told again when it could not be stored. Left out, nobody wants to know. */
  groupsTold?(news: GroupNews[]): Promise<void>;
  restricted?(change: Restriction): Promise<void>;
  /** Left out, nobody asks. It is about this moment: what is not heard is gone. */
  presences?(facts: PresenceFact[]): void;
  /** Two addresses turned out to be one person. */
  samePerson(pairs: { phone: ChatId; lid: ChatId }[]): Promise<void>;
  /** Somebody was blocked, or is no longer, on another device of the account: what the network keeps is to be read anew. */
  blocksChanged?(): void;
  /** People changed their picture or what they say about themselves. Left out, nobody wants to know. */
  peopleChanged?(people: Person[]): void;
  /** What we sent under this id, for a receiver that could not decrypt it; null when it is not ours. */
  recall(id: EngineMessageId): Promise<{ chat: ChatId; message: Outgoing } | null>;
}

export interface SessionOptions {
  profileId: string;
  /** Lease generation: keys are only written while the lease still has it, so a node that lost it can do no harm. */
  generation: number;
  /** Pair by code with this phone number instead of by QR. */
  pairingPhone?: string;
  log: Log;
  listener: Listener;
}

/**
 * What not every engine can do, besides the kinds of messages: its powers, what it does to messages that exist,
 * linking by a typed code, and telling on where somebody is (`live-updates`).
 */
export type Deed = keyof Powers | keyof OutgoingChanges | 'pairing-code' | 'live-updates';

/** Whether an engine can do something; if not, a sentence for users that says why. */
export type Can = true | { readonly cannot: string };

/** What an engine can do, for each kind of message that can be sent and for each deed. */
export type Capabilities = Readonly<Record<OutgoingKind | Deed, Can>>;

/** One profile's connection. Made by {@link Engine.open}, it is used once: after `ended`, open a new one. */
export interface EngineSession extends Partial<Powers> {
  /** Returns at once; the outcome comes as `linkChanged`. */
  connect(): void;
  /** Closes the socket and waits for writes under way; the login stays. */
  close(): Promise<void>;
  /** Fires as soon as nothing can be sent any more; `linkChanged` tells it once all that had arrived was handed on. */
  readonly ended: AbortSignal;
  /**
   * Resolves when WhatsApp's server acknowledged the message, or what is done to one. Sending the same id again is safe.
   * @param kept the message is prepared, but nothing of it leaves before this resolves; its error is thrown on
   * @throws EngineRefusal when the server refused it; EngineBusy when the account is to send less; EngineGone when the connection ended or nothing answered.
   */
  send(id: EngineMessageId, chat: ChatId, message: Outgoing, kept?: Promise<void>): Promise<void>;
}

export interface Engine {
  readonly name: EngineName;
  readonly can: Capabilities;
  /** A fresh message id, decided before anything is sent. */
  newMessageId(): EngineMessageId;
  open(options: SessionOptions): EngineSession;
  /** Whether this profile has a stored login to connect with. */
  isPaired(profileId: string): Promise<boolean>;
  /** Removes the login and all keys of a profile; its session must be closed. */
  forget(tx: Tx, profileId: string): Promise<void>;
  /**
   * Routes of its own, for a network that reports by HTTP. They are under `/engines/<name>` and declare their access
   * and schemas as all routes do.
   */
  routes?(app: App): void;
  /** What it keeps about profiles. Engines that share tables share the declaration. */
  readonly keeps?: Keeps;
}
