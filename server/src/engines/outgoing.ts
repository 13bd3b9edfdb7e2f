import type { ChatId } from '../platform/chat-id.ts';
import type { OutgoingFile } from './files.ts';
import type { EngineMessageId } from './message-id.ts';

/* What sessions send; a part of the port. */

/** The content of outgoing messages, by kind; a kind is added here once the engines can send it. */
export interface OutgoingContents {
  /** `preview`: the page behind the link that stands in the text as `url`. */
  text: { text: string; preview?: { url: string; title?: string; description?: string }; look?: TextLook };
  /** Degrees; `live` shows where somebody is at this moment, which a linked device can't go on telling. */
  location: { latitude: number; longitude: number; name?: string; address?: string; live?: LivePlace };
  /** Cards of people, as vCards. */
  contact: { contacts: { name: string; vcard: string }[] };
  /** Votes are encrypted with `secret` (32 bytes, base64), so it is decided with the poll and kept with it. */
  poll: { question: string; options: string[]; choicesMax?: number; secret: string };
  /** Answers are encrypted with `secret`, as votes are. */
  event: {
    name: string;
    description?: string;
    start: Date;
    end?: Date;
    location?: { latitude: number; longitude: number; name?: string; address?: string };
    joinLink?: string;
    extraGuests?: boolean;
    cancelled?: boolean;
    secret: string;
  };
  /** An invitation into a group; its code is good for whoever gets it, until then. */
  'group-invite': { group: ChatId; name: string; code: string; until: Date; caption?: string };
  image: { file: OutgoingFile; caption?: string } & Looks;
  video: { file: OutgoingFile; caption?: string; seconds?: number; shape?: 'round' | 'gif' } & Looks;
  audio: { file: OutgoingFile; seconds?: number };
  /** `waveform`: 64 bytes from 0 to 100, base64. */
  voice: { file: OutgoingFile; seconds?: number; waveform?: string; viewOnce?: boolean };
  document: { file: OutgoingFile; filename: string; caption?: string; pages?: number };
  sticker: { file: OutgoingFile; animated?: boolean; width?: number; height?: number };
}

/** Metres, metres per second, degrees clockwise from north. */
export interface LivePlace {
  accuracy?: number;
  speed?: number;
  heading?: number;
  caption?: string;
}

/** How phones show a status update that is a text: colours as `#rrggbb`, and one of WhatsApp's own fonts by its number. */
export interface TextLook {
  background?: string;
  color?: string;
  font?: number;
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
  /** Everybody in the group is meant, also who is not named. */
  mentionsAll?: boolean;
  /** How often it was passed on; absent: it was not. */
  forwardingScore?: number;
  /** How long the message lasts on phones; absent: for ever. */
  expiration?: { seconds: number; since?: Date };
  /** Of a status update, which goes to the chat `status@broadcast`: who is to see it. */
  audience?: readonly ChatId[];
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
  revoked: { audience?: readonly ChatId[] };
  /** For everybody in the chat, for so long; 0 takes the pin off. */
  pinned: { seconds: number };
  /** One that disappears stays for everybody; false takes that back. */
  kept: { kept: boolean };
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

/** The message that a reply quotes: enough to show it without the original. */
export interface QuotedMessage {
  id: EngineMessageId;
  chat: ChatId;
  sender: ChatId | 'me';
  text: string;
  /** What it is, as far as phones show it above an answer; absent: a text. */
  content?: { type: string } & Record<string, unknown>;
}
