import type { StoredHeaders } from '../../platform/sealed-headers.ts';

/** A delivery that this process has claimed, with everything an attempt needs. */
export interface Claim {
  id: string;
  webhook_id: string;
  organization_id: string;
  event_id: string;
  event_name: string;
  /** Not null where the webhook asked for order. */
  order_key: string | null;
  /** How many go in one request; null: one, and not as a list. */
  batch_max: number | null;
  sequence: number | null;
  body: string;
  /** The number of the next attempt, from 1; it counts when it is recorded. */
  attempt: number;
  due_at: Date;
  url: string;
  headers: StoredHeaders;
  secret: Buffer;
  previous_secret: Buffer | null;
  previous_secret_until: Date | null;
}
