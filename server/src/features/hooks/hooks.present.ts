import type { Static } from 'typebox';
import type { Vault } from '../../platform/crypto.ts';
import { maskSecret } from '../../platform/masked.ts';
import type { Received } from './hooks.schema.ts';
import type { HookRow } from './hooks.store.ts';
import type { ReceiptRow } from './receipts.store.ts';

const context = (hookId: string) => `hook/${hookId}`;

export const sealHookSecret = (vault: Vault, hookId: string, secret: string): Buffer =>
  vault.sealText(secret, context(hookId));

/** The secret that the sender signs with; null where nothing is signed. */
export const openHookSecret = (vault: Vault, { id, secret }: Pick<HookRow, 'id' | 'secret'>): string | null =>
  secret && vault.openText(secret, context(id));

function fields(row: HookRow) {
  return {
    id: row.id,
    profileId: row.profile_id,
    name: row.name,
    target: row.target,
    automationId: row.automation_id,
    mapping: row.mapping as Record<string, unknown> | null,
    signature: row.signature,
    enabled: row.enabled,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** A hook as clients see it: without its address, its secret masked. */
export function presentHook(vault: Vault, row: HookRow) {
  const secret = openHookSecret(vault, row);
  return { ...fields(row), secret: secret && maskSecret(secret) };
}

/** The same where both were just made. */
export function presentWithUrl(vault: Vault, row: HookRow, url: string) {
  return { ...fields(row), secret: openHookSecret(vault, row), url };
}

function outcomeOf(row: ReceiptRow) {
  return {
    status: row.status as Static<typeof Received>['status'],
    messageId: row.message_id,
    waMessageId: row.wa_message_id,
    runId: row.run_id,
    missing: row.missing,
    code: row.error_code,
    error: row.error,
  };
}

/** What the sender is answered. */
export const presentReceived = (row: ReceiptRow): Static<typeof Received> => ({
  receiptId: row.id,
  ...outcomeOf(row),
});

export function presentReceipt(row: ReceiptRow) {
  return {
    id: row.id,
    hookId: row.hook_id,
    ...outcomeOf(row),
    headers: row.headers as Record<string, unknown>,
    payload: row.payload === null ? null : (JSON.parse(row.payload) as unknown),
    bytes: row.bytes,
    receivedAt: row.received_at.toISOString(),
  };
}
