import type { Generated } from 'kysely';
import type { JsonColumn, JsonDefault } from '../../platform/db/json-column.ts';

/** Whether something of a person is seen: not asked yet, shown, not there, or kept from this account. */
type ShownState = 'unknown' | 'shown' | 'none' | 'hidden';

export interface ContactsTable {
  id: string;
  organization_id: string;
  profile_id: string;
  phone: string | null;
  lid: string | null;
  name: string | null;
  whatsapp_name: string | null;
  picture_state: Generated<ShownState>;
  /** The engine's name of the picture, to know it again. */
  picture_version: string | null;
  /** The picture as it was brought here; null when there is none to show, or no room for it. */
  picture_media_id: string | null;
  about_state: Generated<ShownState>;
  about: string | null;
  /** When WhatsApp was last asked what they show; null: never, or it has changed since. */
  looked_at: Date | null;
  tags: Generated<string[]>;
  metadata: JsonDefault;
  is_blocked: Generated<boolean>;
  last_message_at: Date | null;
  created_at: Date;
  updated_at: Date;
}
/** A number as it was dialled and the address WhatsApp has for it, both as chats, where the two differ. */
interface DialledNumbersTable {
  organization_id: string;
  profile_id: string;
  dialled: string;
  address: string;
  learnt_at: Date;
}

/** What WhatsApp said of a number that was checked: the number of its account, or null when it has none. */
interface NumberChecksTable {
  organization_id: string;
  profile_id: string;
  phone: string;
  address: string | null;
  checked_at: Date;
}

/** An import that goes on after its request. */
export interface ContactImportsTable {
  id: string;
  organization_id: string;
  profile_id: string;
  /** The file; it is let go when the import has ended. */
  media_id: string;
  /** How it is read. */
  reading: JsonColumn;
  is_dry_run: boolean;
  status: 'running' | 'done' | 'failed';
  /** Where it goes on: all rows before are in the counts. */
  rows_read: Generated<number>;
  created: Generated<number>;
  updated: Generated<number>;
  failed: Generated<number>;
  error: string | null;
  created_at: Date;
  updated_at: Date;
  finished_at: Date | null;
}
/** A row of an import that could not be taken. */
interface ContactImportProblemsTable {
  import_id: string;
  line: number;
  phone: string;
  reason: string;
}

/** Somebody in the address book of a phone. */
interface AddressBooksTable {
  organization_id: string;
  profile_id: string;
  /** Their chat: by number where that is known. */
  person: string;
  phone: string | null;
  lid: string | null;
  name: string;
  set_at: Date;
}

/** A saved filter over contacts. */
export interface ContactSegmentsTable {
  id: string;
  organization_id: string;
  /** Null: of every profile. */
  profile_id: string | null;
  name: string;
  filter: JsonColumn;
  created_at: Date;
  updated_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    contacts: ContactsTable;
    dialled_numbers: DialledNumbersTable;
    number_checks: NumberChecksTable;
    contact_segments: ContactSegmentsTable;
    address_books: AddressBooksTable;
    contact_imports: ContactImportsTable;
    contact_import_problems: ContactImportProblemsTable;
  }
}
