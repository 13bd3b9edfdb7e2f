import type { Generated } from 'kysely';
import type { JsonColumn } from '../../platform/db/json-column.ts';

export interface TemplatesTable {
  id: string;
  organization_id: string;
  profile_id: string;
  /** Unique in the profile, whatever its case. */
  name: string;
  category: string | null;
  message_type: string;
  content: JsonColumn;
  /** The names in the content, in the order they appear. */
  variables: string[];
  usage_count: Generated<number>;
  created_at: Date;
  updated_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    templates: TemplatesTable;
  }
}
