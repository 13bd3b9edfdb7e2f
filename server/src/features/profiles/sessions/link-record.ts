import type { Engine, Link } from '../../../engines/port.ts';
import { localPart, phoneOf } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { ProfileStatus, Verdict } from '../connection-table.ts';
import {
  connectionDisconnected,
  connectionQr,
  connectionReady,
  connectionUpdate,
} from '../profiles.events.ts';
import type { ProfileRow, ProfileStore } from '../profiles.store.ts';

/** The pairing a profile shows to people while it waits: kept sealed, for a QR code is a key to the account. */
export type Pairing = { qr: string } | { code: string };

export const pairingContext = (profileId: string) => `profile/${profileId}/pairing`;

/** Writes what a connection says into the profile row, with the events that tell it, in one transaction each. */
export function createLinkRecord(deps: {
  db: Db;
  clock: Clock;
  vault: Vault;
  store: ProfileStore;
  events: EventRecorder;
}) {
  const { db, clock, vault, store, events } = deps;

  async function change(
    profileId: string,
    values: Parameters<ProfileStore['update']>[2] & { status: ProfileStatus },
    also?: (tx: Tx, row: ProfileRow) => Promise<void>,
  ): Promise<void> {
    await inTransaction(db, async (tx) => {
      const before = await store.own(profileId, tx);
      if (!before) return;
      const row = await store.update(tx, profileId, { ...values, updated_at: clock.now() });
      if (!row) return;
      await also?.(tx, row);
      if (before.status === row.status && before.status_reason === row.status_reason) return;
      await events.record(tx, connectionUpdate, {
        organizationId: row.organization_id,
        profileId,
        body: { profileId, status: row.status, reason: row.status_reason },
      });
    });
  }

  const none = { pairing: null, pairing_expires_at: null };
  return {
    async opening(profileId: string, isPaired: boolean): Promise<void> {
      await change(profileId, { status: isPaired ? 'reconnecting' : 'connecting', ...none });
    },

    async waiting(profileId: string, pairing: Pairing, expiresAt: Date): Promise<void> {
      const sealed = vault.sealText(JSON.stringify(pairing), pairingContext(profileId));
      const status = 'qr' in pairing ? 'qr' : 'pairing';
      const values = { status, status_reason: null, pairing: sealed, pairing_expires_at: expiresAt } as const;
      await change(profileId, values, async (tx, row) => {
        if (!('qr' in pairing)) return;
        await events.record(tx, connectionQr, {
          organizationId: row.organization_id,
          profileId,
          body: { profileId, text: pairing.qr, expiresAt: expiresAt.toISOString() },
        });
      });
    },

    async pairing(profileId: string): Promise<void> {
      await change(profileId, { status: 'pairing', status_reason: null, ...none });
    },

    async connected(profileId: string, link: Extract<Link, { is: 'connected' }>): Promise<void> {
      const values = {
        status: 'connected',
        status_reason: null,
        phone_number: phoneOf(link.as) ?? localPart(link.as),
        ...(link.lid && { lid: localPart(link.lid) }),
        ...(link.name && { push_name: link.name }),
        retry_count: 0,
        retry_at: null,
        pairing_phone: null,
        last_connected_at: clock.now(),
        ...none,
      } as const;
      await change(profileId, values, async (tx, row) => {
        await events.record(tx, connectionReady, {
          organizationId: row.organization_id,
          profileId,
          body: { profileId, phone: row.phone_number, pushName: row.push_name },
        });
      });
    },

    /** Nobody wants it connected any more, and it no longer is. */
    async closed(profileId: string): Promise<void> {
      await change(profileId, { status: 'disconnected', status_reason: null, retry_at: null, ...none });
    },

    /** `engine.forget` runs in the same transaction, so that a lost login is never half removed. */
    async ended(profileId: string, verdict: Verdict, engine: Engine, tries: number): Promise<void> {
      const retryAt = verdict.retryInMs === null ? null : new Date(clock.now().getTime() + verdict.retryInMs);
      const values = {
        status: verdict.status,
        status_reason: verdict.reason,
        retry_count: tries,
        retry_at: retryAt,
        ...(retryAt === null && { wanted: false, pairing_phone: null }),
        ...none,
      };
      await change(profileId, values, async (tx, row) => {
        if (verdict.forget) await engine.forget(tx, profileId);
        if (retryAt !== null) return;
        await events.record(tx, connectionDisconnected, {
          organizationId: row.organization_id,
          profileId,
          body: { profileId, reason: verdict.reason, status: verdict.status },
        });
      });
    },
  };
}

export type LinkRecord = ReturnType<typeof createLinkRecord>;
