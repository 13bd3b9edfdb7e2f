import { sql } from 'kysely';
import type { Vault } from '../../platform/crypto.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { isMasked } from '../../platform/masked.ts';
import {
  isMaskOf,
  openHeaders as open,
  type StoredHeaders,
  sealHeaders as seal,
} from '../../platform/sealed-headers.ts';

const batch = 100;

const ownerOf = (webhookId: string) => `webhook/${webhookId}`;

export function sealHeaders(vault: Vault, webhookId: string, headers: Record<string, string>): StoredHeaders {
  return seal(vault, ownerOf(webhookId), headers);
}

export function openHeaders(vault: Vault, webhookId: string, stored: StoredHeaders): Record<string, string> {
  return open(vault, ownerOf(webhookId), stored);
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
