export {};

/** Who has a status update of ours, and who has looked at it. */
interface StatusViewsTable {
  status_id: string;
  organization_id: string;
  /** As the receipt named them. */
  person: string;
  delivered_at: Date;
  read_at: Date | null;
}

declare module '../../../platform/db/tables.ts' {
  interface Tables {
    status_views: StatusViewsTable;
  }
}
