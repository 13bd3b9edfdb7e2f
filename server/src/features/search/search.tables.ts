import type { Generated, GeneratedAlways } from 'kysely';

/** The words of a message, folded: what it is found by. */
interface MessageWordsTable {
  message_id: string;
  organization_id: string;
  profile_id: string;
  conversation_id: string;
  /** When it was written, in whole milliseconds: with the id the order of what is found. */
  at: Date;
  /** Behind a word that stands for the organisation; nothing else of a message that was taken back. */
  words: string;
}
/** Messages whose words are still to be gathered: some by their ids, or all behind one. */
interface WordsBacklogTable {
  id: GeneratedAlways<number>;
  /** Null: of all organisations. */
  organization_id: string | null;
  message_ids: string[] | null;
  behind: Generated<string>;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    /** @guest features/messages/adopt.store.ts Messages that change their conversation do so here, too. */
    message_words: MessageWordsTable;
    words_backlog: WordsBacklogTable;
  }
}
