import type { Tx } from './db/transaction.ts';

/** A letter to one person, as plain text. */
export interface Letter {
  to: string;
  subject: string;
  text: string;
}

/** Sends letters later, once the transaction has committed; a letter survives restarts until the mail server has accepted it. */
export interface MailQueue {
  /** Whether the server has a mail server; without one no letter can be enqueued but those of organisations that have their own. */
  readonly isConfigured: boolean;
  /** Whether letters of this organisation can be enqueued: it has a mail server of its own, or the server has one. */
  isConfiguredFor(organizationId: string): Promise<boolean>;
  /** With an organisation it is a letter of theirs, and goes through their mail server where they have set one. */
  enqueue(tx: Tx, letter: Letter, organizationId?: string): Promise<void>;
}
