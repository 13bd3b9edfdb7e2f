import type { RawBuilder } from 'kysely';
import type { ChatId } from '../platform/chat-id.ts';
import type { Tx } from '../platform/db/transaction.ts';
import type { App } from '../platform/feature.ts';
import type { Keeps } from '../platform/keeps/keeps.ts';
import type { Log } from '../platform/log.ts';
import type { FilePower, IncomingFile, OutgoingFile } from './files.ts';

export type { FilePower, Files, IncomingFile, OutgoingFile } from './files.ts';
export { EngineBusy, EngineGone, EngineRefusal, FileDamaged, FileGone } from './refusals.ts';

declare const messageIdBrand: unique symbol;

/** A message's id on WhatsApp; opaque outside the engine that made it. */
export type EngineMessageId = string & { readonly [messageIdBrand]: true };

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

/** The content of outgoing messages, by kind; a kind is added here once the engines can send it. */
export interface OutgoingContents {
  /** `preview`: the page behind the link that stands in the text as `url`. */
  text: { text: string; preview?: { url: string; title?: string; description?: string } };
  /** Degrees. */
  location: { latitude: number; longitude: number; name?: string; address?: string };
  /** Cards of people, as vCards. */
  contact: { contacts: { name: string; vcard: string }[] };
  /** Votes are encrypted with `secret` (32 bytes, base64), so it is decided with the poll and kept with it. */
  poll: { question: string; options: string[]; choicesMax?: number; secret: string };
  image: { file: OutgoingFile; caption?: string } & Looks;
  video: { file: OutgoingFile; caption?: string; seconds?: number; shape?: 'round' | 'gif' } & Looks;
  audio: { file: OutgoingFile; seconds?: number };
  /** `waveform`: 64 bytes from 0 to 100, base64. */
  voice: { file: OutgoingFile; seconds?: number; waveform?: string; viewOnce?: boolean };
  document: { file: OutgoingFile; filename: string; caption?: string; pages?: number };
  sticker: { file: OutgoingFile; animated?: boolean; width?: number; height?: number };
}

/** How a picture looks: its size in pixels, and whether it may be looked at once. */
export interface Looks {
  width?: number;
  height?: number;
  viewOnce?: boolean;
}

export type OutgoingKind = keyof OutgoingContents;

/** The content of a message of one of these kinds. */
export type OutgoingContent<Kind extends OutgoingKind = OutgoingKind> = {
  [K in Kind]: { type: K } & OutgoingContents[K];
}[Kind];

/** What goes with a message of any kind. */
export interface OutgoingContext {
  quoted?: QuotedMessage;
  /** Whom it mentions; the text names them as `@` and the digits of the chat. */
  mentions?: ChatId[];
  /** How often it was passed on; absent: it was not. */
  forwardingScore?: number;
  /** How long the message lasts on phones; absent: for ever. */
  expiration?: { seconds: number; since?: Date };
}

/** An outgoing message, in our own shape. */
export type OutgoingMessage<Kind extends OutgoingKind = OutgoingKind> = OutgoingContent<Kind> &
  OutgoingContext;

/** What is done to messages that exist, by kind. */
export interface OutgoingChanges {
  /** An empty emoji takes the reaction back. */
  reaction: { emoji: string };
  /** One of ours says something else. */
  edited: { content: OutgoingMessage };
  /** It is taken back from everybody: one of ours, or in a group whose admin we are one of others. */
  revoked: object;
}

/** The message that something is done to. */
export interface Target {
  id: EngineMessageId;
  sender: ChatId | 'me';
}

/** Something done to a message. Of two by one person `at` says which is the later one. */
export type OutgoingChange<Kind extends keyof OutgoingChanges = keyof OutgoingChanges> = {
  [K in Kind]: { type: K; target: Target; at: Date } & OutgoingChanges[K];
}[Kind];

/** What a session can send. */
export type Outgoing = OutgoingMessage | OutgoingChange;

/** How long the messages of a chat last on phones (0 seconds: for ever), and since when that is so. */
export interface Expiration {
  seconds: number;
  since: Date;
}

/** Something about a chat that is no message: its other name, its subject, its expiration. */
export interface ChatFact {
  chat: ChatId;
  /** The other name of a direct chat. */
  alias?: ChatId;
  /** The subject of a group. */
  name?: string;
  expiration?: Expiration;
}

/** The message that a reply quotes: enough to show it without the original. */
export interface QuotedMessage {
  id: EngineMessageId;
  chat: ChatId;
  sender: ChatId | 'me';
  text: string;
  /** What it is, as far as phones show it above an answer; absent: a text. */
  content?: { type: string } & Record<string, unknown>;
}

/** A person as a stanza names them: by at least one of the two addresses. */
export interface Person {
  phone?: ChatId;
  lid?: ChatId;
  name?: string;
}

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
   * done to a message comes as `edited`, `revoked`, `reaction`, `poll-vote` or `deed` and names it by `targetId`;
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
  at: Date;
}

/** The calls that an engine makes; it awaits every promise before it goes on. */
export interface Listener {
  linkChanged(link: Link): void;
  received(messages: IncomingMessage[], settle: Settle): Promise<void>;
  receipts(receipts: Receipt[]): Promise<void>;
  /** Left out, the past is not read. `settle` belongs in the transaction that stores it: it is not told again then. */
  past?(past: Past, settle: (tx: Tx) => Promise<void>): Promise<void>;
  /** The facts hold from now on; those of a group come from the network itself, not from a member. */
  chatsTold(facts: ChatFact[]): Promise<void>;
  /** Two addresses turned out to be one person. */
  samePerson(pairs: { phone: ChatId; lid: ChatId }[]): Promise<void>;
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

/** Finds people by their phone number. */
export interface NumberPower {
  /**
   * The address of the account that a phone number belongs to. It may have a digit more or less than the number that
   * is dialled; undefined when the number has no account.
   * @throws EngineGone
   */
  addressOf(phone: ChatId): Promise<ChatId | undefined>;
}

/** Asks the network about groups. */
export interface GroupPower {
  /** What the network knows of a group now; undefined when we are not in it. @throws EngineGone */
  about(chat: ChatId): Promise<ChatFact | undefined>;
  /** What we are in a group as the network knows it now; undefined when we are not in it. @throws EngineGone */
  standing(chat: ChatId): Promise<{ isAdmin: boolean; mayWrite: boolean } | undefined>;
  /** The members who may take back messages of others. @throws EngineGone when the network does not say. */
  admins(chat: ChatId): Promise<Person[]>;
}

/** Sends receipts for messages of others. */
export interface ReceiptPower {
  /** Tells the senders that these messages were read. */
  markRead(messages: { id: EngineMessageId; chat: ChatId; sender?: ChatId }[]): Promise<void>;
}

/** Shows what a person does right now. It is lost with the connection, and phones forget it after half a minute. */
export interface PresencePower {
  /** That we write or speak in a chat, or no longer. @throws EngineGone */
  show(chat: ChatId, state: 'composing' | 'recording' | 'paused'): Promise<void>;
}

/** A message whose answers are sealed with a secret of its own. */
export interface SecretMessage {
  id: EngineMessageId;
  /** 32 bytes, base64. */
  secret: string;
  /** Who wrote it, where that is known. */
  sender?: ChatId;
}

/** Opens answers that arrived sealed, as `content.sealed`. */
export interface AnswerPower {
  /** The options that a vote names, by their place in the poll; undefined when it is no vote in this poll. */
  vote(sealed: string, poll: SecretMessage & { options: readonly string[] }): number[] | undefined;
}

/** Asks our own phone for the past. */
export interface HistoryPower {
  /** For messages of a chat older than one; answers the name of the question. @throws EngineGone */
  askOlder(
    chat: ChatId,
    than: { id: EngineMessageId; fromMe: boolean; at: Date },
    count: number,
  ): Promise<string>;
}

/** What a session may be able to do besides sending and receiving. A power that it lacks is a field it leaves out. */
export interface Powers {
  /** Unlinks this device at the network, when connected. */
  logout(): Promise<void>;
  readonly numbers: NumberPower;
  readonly groups: GroupPower;
  readonly receipts: ReceiptPower;
  readonly presence: PresencePower;
  readonly files: FilePower;
  readonly answers: AnswerPower;
  readonly history: HistoryPower;
}

/**
 * What not every engine can do, besides the kinds of messages: its powers, what it does to messages that exist, and
 * linking by a typed code.
 */
export type Deed = keyof Powers | keyof OutgoingChanges | 'pairing-code';

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
