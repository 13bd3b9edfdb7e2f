import type { JsonDefault } from '../../platform/db/json-column.ts';

export interface WorkspacesTable {
  id: string;
  organization_id: string;
  name: string;
  slug: string;
  description: string | null;
  settings: JsonDefault;
  created_at: Date;
  updated_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    workspaces: WorkspacesTable;
  }
}
