import type { Json } from '../../../platform/db/json-column.ts';

/** What happened that is no message, and what is known of it. */
export interface Happened {
  readonly event: string;
  readonly about: Json;
}

/** The message that starts or continues something, as automations see it. */
export interface Arrival {
  /** Our id and WhatsApp's. */
  readonly messageId: string;
  readonly waMessageId: string;
  readonly conversationId: string;
  readonly senderJid: string | null;
  readonly senderName: string | null;
  readonly text: string;
  readonly type: string;
  readonly hasMedia: boolean;
  readonly isGroup: boolean;
  readonly timestamp: string;
  /** When it came to us, and how many milliseconds after our last automatic answer, as far as that is known. */
  readonly heardAt?: string;
  readonly afterOursMs?: number;
  /** Whether it mentions the profile, or everybody. */
  readonly mentionsUs?: boolean;
  /** Of what was chosen of a message with choices. */
  readonly choiceId?: string;
  /** Absent of a message. */
  readonly happened?: Happened;
}

/** What is known of the person who wrote. */
export interface Person {
  readonly name: string | null;
  readonly phone: string | null;
  readonly tags: readonly string[];
  readonly metadata: Json;
}

/** What was said in the chat before: when, and by what we last said something. */
export interface Past {
  readonly inAt: Date | null;
  readonly outAt: Date | null;
  /** The kind of origin: `user`, `broadcast` … */
  readonly outOrigin: string | null;
}
export const noPast: Past = { inAt: null, outAt: null, outOrigin: null };

/** Everything that triggers and conditions may look at. */
export interface Facts {
  readonly arrival: Arrival;
  /** Null: there is no contact. */
  readonly person: Person | null;
  /** Whether nothing had come from this person before. */
  readonly isNew: boolean;
  readonly isAssigned: boolean;
  /** Whether a person answers in the chat. */
  readonly isWithPerson: boolean;
  readonly past: Past;
  readonly vars: ReadonlyMap<string, string>;
  readonly now: Date;
  readonly timeZone: string;
}
