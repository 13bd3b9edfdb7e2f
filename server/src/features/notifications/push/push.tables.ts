import type { Generated, Selectable } from 'kysely';

interface PushSubscriptionsTable {
  id: string;
  organization_id: string;
  user_id: string;
  endpoint: string;
  p256dh: string;
  /** Sealed: with it, pushes can be read. */
  auth: Buffer;
  user_agent: string | null;
  last_success_at: Date | null;
  last_error: string | null;
  created_at: Date;
  updated_at: Date;
}
export type PushSubscriptionRow = Selectable<PushSubscriptionsTable>;

interface PushDeliveriesTable {
  id: string;
  subscription_id: string;
  /** Null: it tells of several. */
  notification_id: string | null;
  /** A later push of the same topic takes the place of one that waits. */
  topic: string;
  payload: string;
  urgency: string;
  attempts: Generated<number>;
  due_at: Date;
  expires_at: Date;
  claimed_until: Date | null;
  created_at: Date;
}

interface PushKeysTable {
  id: number;
  public_key: string;
  /** Sealed. */
  private_key: Buffer;
  created_at: Date;
}

declare module '../../../platform/db/tables.ts' {
  interface Tables {
    push_subscriptions: PushSubscriptionsTable;
    push_deliveries: PushDeliveriesTable;
    push_keys: PushKeysTable;
  }
}
