import type { ChatId } from '../platform/chat-id.ts';
import type { StatePower } from './chat-states.ts';
import type { Person } from './chats.ts';
import type { FilePower } from './files.ts';
import type { GroupPower } from './groups.ts';
import type { EngineMessageId } from './message-id.ts';

/* What sessions may be able to do besides sending and receiving; a part of the port. */

/** Finds people by their phone number. */
export interface NumberPower {
  /**
   * The address of the account that a phone number belongs to. It may have a digit more or less than the number that
   * is dialled; undefined when the number has no account.
   * @throws EngineGone
   */
  addressOf(phone: ChatId): Promise<ChatId | undefined>;
  /**
   * The same of several numbers in one question, in their order.
   * @throws EngineGone, or EngineBusy when fewer are to be asked
   */
  addressesOf(phones: readonly ChatId[]): Promise<(ChatId | undefined)[]>;
}

/** Who may not reach us, as the network keeps it for all devices of the account. */
export interface BlockPower {
  /** Everybody who is blocked. @throws EngineGone */
  list(): Promise<Person[]>;
  /** @throws EngineGone, or EngineRefusal when the network knows no such person */
  set(person: ChatId, isBlocked: boolean): Promise<void>;
}

/** What somebody shows of themselves; hidden: their privacy settings keep it from this account. */
export type Shown<Value> = ({ is: 'shown' } & Value) | { is: 'none' } | { is: 'hidden' };

/** Sees what people show of themselves. */
export interface PeoplePower {
  /** `jpeg` is left out when the picture is still the one that was called `known`. @throws EngineGone, EngineBusy */
  picture(person: ChatId, known?: string): Promise<Shown<{ version: string; jpeg?: Buffer }>>;
  /** What they say about themselves. @throws EngineGone, EngineBusy */
  about(person: ChatId): Promise<Shown<{ text: string }>>;
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
  /**
   * Shows the account online from now on, or no longer. While it is not, the network tells nothing of what others do; while it
   * is, the account's own phone stays silent about what comes in. @throws EngineGone
   */
  beOnline(isOnline: boolean): Promise<void>;
  /** Asks for what the person of a chat does, until the connection ends; groups tell by themselves. @throws EngineGone */
  follow(chat: ChatId): Promise<void>;
}

/** What a person does right now: in general, or in this chat. */
export interface PresenceFact {
  chat: ChatId;
  who: Person;
  state: 'available' | 'unavailable' | 'composing' | 'recording' | 'paused';
  /** When they were online last, if they show that. */
  lastSeen?: Date;
}

/** A message whose answers are sealed with a secret of its own. */
export interface SecretMessage {
  id: EngineMessageId;
  /** 32 bytes, base64. */
  secret: string;
  /** Who wrote it, where that is known. */
  sender?: ChatId;
}

/** What somebody answers to an event. */
export interface EventResponse {
  response: 'going' | 'not-going' | 'maybe';
  /** How many others they bring. */
  guests: number;
}

/** Opens answers that arrived sealed, as `content.sealed`. */
export interface AnswerPower {
  /** The options that a vote names, by their place in the poll; undefined when it is no vote in this poll. */
  vote(sealed: string, poll: SecretMessage & { options: readonly string[] }): number[] | undefined;
  /** Whether somebody comes to an event; undefined when it is no answer to this event. */
  response(sealed: string, event: SecretMessage): EventResponse | undefined;
  /** What a sealed edit or reaction does, as `content` of the change; undefined when it can't be opened. */
  change(sealed: string, message: SecretMessage): Record<string, unknown> | undefined;
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
  readonly blocks: BlockPower;
  readonly people: PeoplePower;
  readonly groups: GroupPower;
  readonly receipts: ReceiptPower;
  readonly presence: PresencePower;
  readonly files: FilePower;
  readonly answers: AnswerPower;
  readonly history: HistoryPower;
  readonly state: StatePower;
}
