import type { Tx } from './db/transaction.ts';

/** A letter to one person, as plain text. */
export interface Letter {
  to: string;
  subject: string;
  text: string;
}

/** Sends letters later, once the transaction has committed; a letter survives restarts until the mail server has accepted it. */
export interface MailQueue {
  /** Whether a mail server is set; without one nothing can be enqueued. */
  readonly isConfigured: boolean;
  enqueue(tx: Tx, letter: Letter): Promise<void>;
}
