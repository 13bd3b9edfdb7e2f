import type { Generated } from 'kysely';
import type { JsonColumn, JsonDefault } from '../../platform/db/json-column.ts';
import type { Mapping } from './mapping.ts';
import type { Signature } from './signature.ts';

export interface HooksTable {
  id: string;
  organization_id: string;
  profile_id: string;
  name: string;
  /** What a payload becomes: a message, or it starts an automation. */
  target: string;
  /** What is started; null when that was deleted. */
  automation_id: string | null;
  /** Null: what comes is only kept, so that somebody can look at it. */
  mapping: JsonColumn<Mapping> | null;
  signature: JsonColumn<Signature>;
  /** Sealed; null where nothing is signed. */
  secret: Buffer | null;
  /** Of the secret part of its address. */
  token_hash: Buffer;
  enabled: Generated<boolean>;
  created_at: Date;
  updated_at: Date;
}

export interface HookReceiptsTable {
  id: string;
  hook_id: string;
  status: string;
  /** What a repetition has in common with it. */
  repeat_key: Buffer;
  /** Whether the sender gave the key: it counts as long as the receipt is kept, else for a minute. */
  has_own_key: boolean;
  message_id: string | null;
  wa_message_id: string | null;
  /** What was started instead. */
  run_id: string | null;
  error_code: string | null;
  error: string | null;
  /** What the payload did not have. */
  missing: Generated<string[]>;
  headers: JsonDefault<Record<string, string>>;
  /** JSON; null when it is too large, was not believed or is not kept any more. */
  payload: string | null;
  bytes: number;
  received_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    hooks: HooksTable;
    hook_receipts: HookReceiptsTable;
  }
}
