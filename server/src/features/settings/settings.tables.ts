import type { JsonColumn } from '../../platform/db/json-column.ts';

export interface OrganizationSettingsTable {
  organization_id: string;
  area: string;
  settings: JsonColumn;
  /** A sealed object. */
  secrets: Buffer;
  updated_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    organization_settings: OrganizationSettingsTable;
  }
}
