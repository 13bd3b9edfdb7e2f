import type { Json } from '../../../platform/db/json-column.ts';

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
}

/** What is known of the person who wrote. */
export interface Person {
  readonly name: string | null;
  readonly phone: string | null;
  readonly tags: readonly string[];
  readonly metadata: Json;
}

/** Everything that triggers and conditions may look at. */
export interface Facts {
  readonly arrival: Arrival;
  /** Null: there is no contact. */
  readonly person: Person | null;
  /** Whether nothing had come from this person before. */
  readonly isNew: boolean;
  readonly isAssigned: boolean;
  readonly vars: ReadonlyMap<string, string>;
  readonly now: Date;
  readonly timeZone: string;
}
