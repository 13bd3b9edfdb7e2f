import type { Generated } from 'kysely';
import type { JsonDefault } from '../../platform/db/json-column.ts';

export interface AccountsTable {
  id: string;
  organization_id: string;
  workspace_id: string;
  name: string;
  description: string | null;
  settings: JsonDefault;
  status: Generated<string>;
  created_at: Date;
  updated_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    accounts: AccountsTable;
  }
}
