import type { Generated } from 'kysely';
import type { JsonDefault } from '../../platform/db/json-column.ts';

export interface ContactsTable {
  id: string;
  organization_id: string;
  profile_id: string;
  phone: string | null;
  lid: string | null;
  name: string | null;
  whatsapp_name: string | null;
  avatar_url: string | null;
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

declare module '../../platform/db/tables.ts' {
  interface Tables {
    contacts: ContactsTable;
    dialled_numbers: DialledNumbersTable;
  }
}
