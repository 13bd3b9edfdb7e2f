/** A label of the organisation, or one that WhatsApp has for a profile. */
export interface LabelsTable {
  id: string;
  organization_id: string;
  /** Null: it is the organisation's own. */
  profile_id: string | null;
  /** What WhatsApp calls it. */
  wa_label: string | null;
  name: string;
  /** `#rrggbb` */
  color: string;
  created_at: Date;
  updated_at: Date;
}
interface ConversationLabelsTable {
  conversation_id: string;
  label_id: string;
}

/** What members say to each other about a conversation. */
export interface ConversationNotesTable {
  id: string;
  organization_id: string;
  profile_id: string;
  conversation_id: string;
  author_id: string | null;
  text: string;
  created_at: Date;
  updated_at: Date;
}

declare module '../../../platform/db/tables.ts' {
  interface Tables {
    labels: LabelsTable;
    conversation_labels: ConversationLabelsTable;
    conversation_notes: ConversationNotesTable;
  }
}
