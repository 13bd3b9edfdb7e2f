import type { Store } from '../store/sqlite.ts';

/** What somebody did to a message. Every person has one mark of each kind on it; a newer one replaces it. */
type MarkKind = 'reaction' | 'vote' | 'response' | 'edited' | 'pinned' | 'kept' | 'opened' | 'lasting';

interface Mark {
  readonly kind: MarkKind;
  /** Number of the person who did it. */
  readonly sender: string;
  /** An emoji, a sealed vote as JSON, unix milliseconds: depends on the kind. */
  readonly value: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** Names a message on a phone: whose phone, which chat, its id; an empty id means the chat itself. */
export interface Marked {
  readonly number: string;
  readonly chat: string;
  readonly id: string;
}

/** Reactions, votes, pins and the like, kept beside the messages they are about. They may come before their message. */
export class Marks {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Sets a person's mark. */
  set({ number, chat, id }: Marked, { kind, sender, value, at }: Mark): void {
    this.#store.run(
      'INSERT OR REPLACE INTO inbox_marks (number, chat, id, kind, sender, value, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[number, chat, id, kind, sender, value, at],
    );
  }

  /** Takes away a person's mark; everybody's when no sender is named. */
  take({ number, chat, id }: Marked, kind: MarkKind, sender?: string): void {
    const sql = 'DELETE FROM inbox_marks WHERE number = ? AND chat = ? AND id = ? AND kind = ?';
    if (sender === undefined) this.#store.run(sql, number, chat, id, kind);
    else this.#store.run(`${sql} AND sender = ?`, number, chat, id, kind, sender);
  }

  /** Ids of the messages in a chat that have a mark of this kind, the latest first, with its value. */
  inChat(number: string, chat: string, kind: MarkKind): { id: string; value: string }[] {
    const sql =
      'SELECT id, value FROM inbox_marks WHERE number = ? AND chat = ? AND kind = ? ORDER BY seq DESC';
    return this.#store.all<{ id: string; value: string }>(sql, number, chat, kind);
  }

  /** All marks on a message, the oldest first. */
  on({ number, chat, id }: Marked): Mark[] {
    const sql = 'SELECT * FROM inbox_marks WHERE number = ? AND chat = ? AND id = ? ORDER BY seq';
    return this.#store.all<Mark & object>(sql, number, chat, id);
  }
}
