/** A chat whose people are followed, until then. */
interface PresenceSubscriptionsTable {
  conversation_id: string;
  organization_id: string;
  profile_id: string;
  until: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    presence_subscriptions: PresenceSubscriptionsTable;
  }
}
