import type { Generated } from 'kysely';
import type { JsonColumn } from '../../../platform/db/json-column.ts';

/** One thing that is set for a chat, whether or not there is a conversation of it. */
export interface ChatStatesTable {
  profile_id: string;
  organization_id: string;
  /** As its conversation is called; before there is one, as the phone calls it. */
  chat: string;
  field: StateField;
  value: JsonColumn;
  /** When it was set: of two settings the later one holds. */
  at: Date;
  /** It was set here, and the phone is still to be told. */
  is_pending: Generated<boolean>;
}

/**
 * What is set for a chat; a label is a field of its own for each label. The star of a message is here only until the phone
 * was told: after that the message alone has it.
 */
export type StateField =
  | ('archived' | 'muted' | 'pinned' | 'read' | 'cleared' | 'deleted')
  | `label:${string}`
  | `star:${string}`;

declare module '../../../platform/db/tables.ts' {
  interface Tables {
    chat_states: ChatStatesTable;
  }
}
