import { sql } from 'kysely';
import type { Vault } from '../../platform/crypto.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { isMasked, maskSecret } from '../../platform/masked.ts';

/** Headers as they are stored: names in clear, values encrypted. A plain text is a value from an older version. */
export type StoredHeaders = Record<string, string | { sealed: string }>;

const batch = 100;
/** The mask of a shorter value does not show its end, which would be most of it. */
const shownFrom = 16;

const context = (webhookId: string, name: string) => `webhook/${webhookId}/header/${name}`;

export function sealHeaders(vault: Vault, webhookId: string, headers: Record<string, string>): StoredHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      { sealed: vault.sealText(value, context(webhookId, name)).toString('base64') },
    ]),
  );
}

export function openHeaders(vault: Vault, webhookId: string, stored: StoredHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [
      name,
      typeof value === 'string'
        ? value
        : vault.openText(Buffer.from(value.sealed, 'base64'), context(webhookId, name)),
    ]),
  );
}

/** Headers as they are answered. */
export function maskHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, masked(value)]));
}

/**
 * Headers of a client with their values in place of the masks that the server answered.
 * @throws Failure VALIDATION_ERROR for a masked value that is not the one of this header.
 */
export function unmaskHeaders(
  headers: Record<string, string>,
  before: Record<string, string>,
): Record<string, string> {
  const details = Object.entries(headers).flatMap(([name, value]) =>
    isMasked(value) && !isMaskOf(value, before[name])
      ? [{ path: `/headers/${name}`, problem: 'is masked: give its value, or what the server answered' }]
      : [],
  );
  if (details.length > 0) {
    throw new Failure('VALIDATION_ERROR', { says: 'The custom headers are not usable.', details });
  }
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isMasked(value) ? (before[name] ?? value) : value]),
  );
}

function masked(value: string): string {
  return value.length < shownFrom ? maskSecret('') : maskSecret(value);
}

function isMaskOf(mask: string, value: string | undefined): boolean {
  return value !== undefined && masked(value) === mask;
}

/** Encrypts plain values from an older version; every node may do it at its start. */
export async function sealPlainHeaders(db: Db, vault: Vault): Promise<void> {
  for (let count = batch; count === batch; ) {
    count = await inTransaction(db, async (tx) => {
      const { rows } = await sql<{ id: string; headers: StoredHeaders }>`
        select id, headers from webhooks
        where jsonb_path_exists(headers, '$.* ? (@.type() == "string")')
        order by id limit ${batch} for update skip locked`.execute(tx);
      for (const { id, headers } of rows) {
        const sealed = JSON.stringify(sealHeaders(vault, id, openHeaders(vault, id, headers)));
        await sql`update webhooks set headers = ${sealed}::jsonb where id = ${id}`.execute(tx);
      }
      return rows.length;
    });
  }
}
