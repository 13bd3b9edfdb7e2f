export {};

/** What a member of a group has acknowledged of a message of ours. */
interface MemberReceiptsTable {
  message_id: string;
  organization_id: string;
  /** As the receipt named them. */
  person: string;
  delivered_at: Date;
  read_at: Date | null;
  played_at: Date | null;
}

declare module '../../../platform/db/tables.ts' {
  interface Tables {
    member_receipts: MemberReceiptsTable;
  }
}
