import type { Engine, EngineName, Link } from '../../../engines/port.ts';
import { localPart, phoneOf } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { ProfileStatus, Verdict } from '../connection-table.ts';
import type { Lease, LeaseStore } from '../leases.store.ts';
import {
  connectionDisconnected,
  connectionQr,
  connectionReady,
  connectionUpdate,
  profileRestricted,
} from '../profiles.events.ts';
import type { ProfileRow, ProfileStore } from '../profiles.store.ts';
import { current, type RestrictionNews, restrictionsAfter } from '../restrictions.ts';
import { pausedReason } from '../status-reasons.ts';
import { showDisconnected, showReconnecting } from './link-record.store.ts';

/** The code a profile shows while it waits for the phone; stored sealed, since a QR code opens the account. */
export type Pairing = { qr: string } | { code: string };

export const pairingContext = (profileId: string) => `profile/${profileId}/pairing`;

type Values = Parameters<ProfileStore['update']>[2] & { status: ProfileStatus };
type Also = (tx: Tx, row: ProfileRow) => Promise<void>;

/**
 * Writes the state of a connection to the profile row and records its events, in one transaction each.
 * Every change checks the lease: a node that lost the profile writes nothing.
 */
export function createLinkRecord(deps: {
  db: Db;
  clock: Clock;
  vault: Vault;
  store: ProfileStore;
  leases: Pick<LeaseStore, 'isHeld'>;
  events: EventRecorder;
}) {
  const { db, clock, vault, store, leases, events } = deps;

  async function write(tx: Tx, before: ProfileRow, values: Values, also?: Also): Promise<void> {
    const row = await store.update(tx, before.id, { ...values, updated_at: clock.now() });
    if (!row) return;
    await also?.(tx, row);
    const paused = row.sending_paused_until;
    const pauseChanged = before.sending_paused_until?.getTime() !== paused?.getTime();
    if (before.status === row.status && before.status_reason === row.status_reason && !pauseChanged) return;
    await events.record(tx, connectionUpdate, {
      organizationId: row.organization_id,
      profileId: row.id,
      body: {
        profileId: row.id,
        status: row.status,
        reason: row.status_reason,
        ...(pauseChanged && { sendingPausedUntil: paused?.toISOString() ?? null }),
      },
    });
  }

  /** Runs the work on the locked row if the lease is ours; answers whether it was. */
  async function withLease(lease: Lease, work: (tx: Tx, row: ProfileRow) => Promise<void>): Promise<boolean> {
    return inTransaction(db, async (tx) => {
      const row = await store.lock(lease.profileId, tx);
      if (!row || !(await leases.isHeld(tx, lease))) return false;
      await work(tx, row);
      return true;
    });
  }

  /** A step towards the connection; not written when somebody has asked to disconnect meanwhile. */
  async function step(
    lease: Lease,
    values: Values | ((before: ProfileRow) => Values),
    also?: Also,
  ): Promise<boolean> {
    let isWritten = false;
    await withLease(lease, async (tx, before) => {
      if (!before.wanted || before.logout_asked) return;
      isWritten = true;
      await write(tx, before, typeof values === 'function' ? values(before) : values, also);
    });
    return isWritten;
  }

  const noPairing = { pairing: null, pairing_expires_at: null };
  return {
    /** This node took the profiles over: until each has connected, none may be shown as connected. */
    async taken(leased: Lease[]): Promise<void> {
      if (leased.length === 0) return;
      const ids = leased.map((lease) => lease.profileId);
      await showReconnecting(db, events, ids, clock.now());
      events.committed();
    },

    /** No node known to us may run profiles of this engine; `why` says what to do about it. */
    async unavailable(engine: EngineName, why: string): Promise<void> {
      await showDisconnected(db, events, { engine, why }, clock.now());
      events.committed();
    },

    async opening(lease: Lease, isPaired: boolean): Promise<void> {
      await step(lease, { status: isPaired ? 'reconnecting' : 'connecting', ...noPairing });
    },

    async waiting(lease: Lease, pairing: Pairing, expiresAt: Date): Promise<void> {
      const { profileId } = lease;
      const sealed = vault.sealText(JSON.stringify(pairing), pairingContext(profileId));
      const status = 'qr' in pairing ? 'qr' : 'pairing';
      const values = { status, status_reason: null, pairing: sealed, pairing_expires_at: expiresAt } as const;
      await step(lease, values, async (tx, row) => {
        if (!('qr' in pairing)) return;
        await events.record(tx, connectionQr, {
          organizationId: row.organization_id,
          profileId,
          body: { profileId, text: pairing.qr, expiresAt: expiresAt.toISOString() },
        });
      });
    },

    async pairing(lease: Lease): Promise<void> {
      await step(lease, { status: 'pairing', status_reason: null, ...noPairing });
    },

    /** False when the lease is not ours or the profile is not wanted any more: then nothing may be sent. */
    async connected(lease: Lease, link: Extract<Link, { is: 'connected' }>): Promise<boolean> {
      const values = (before: ProfileRow): Values => ({
        status: 'connected',
        status_reason: whyPaused(before.sending_paused_until),
        phone_number: phoneOf(link.as) ?? localPart(link.as),
        ...(link.lid && { lid: localPart(link.lid) }),
        ...(link.name && { push_name: link.name }),
        retry_count: 0,
        retry_at: null,
        pairing_phone: null,
        last_connected_at: clock.now(),
        ...noPairing,
      });
      return step(lease, values, async (tx, row) => {
        await events.record(tx, connectionReady, {
          organizationId: row.organization_id,
          profileId: row.id,
          body: { profileId: row.id, phone: row.phone_number, pushName: row.push_name },
        });
      });
    },

    /** WhatsApp asked the account to send less: nothing is sent before `until`, the `times`-th pause in a row. */
    async paused(lease: Lease, until: Date, times: number): Promise<void> {
      await withLease(lease, async (tx, before) => {
        const status = before.status as ProfileStatus;
        const status_reason = status === 'connected' ? whyPaused(until) : before.status_reason;
        const values = { status, status_reason, sending_paused_until: until, sending_pauses: times };
        await write(tx, before, values);
      });
    },

    /** The pause is over; only the next message shows whether it has helped. */
    async resumed(lease: Lease): Promise<void> {
      await withLease(lease, async (tx, before) => {
        const status = before.status as ProfileStatus;
        const status_reason = status === 'connected' ? null : before.status_reason;
        await write(tx, before, { status, status_reason, sending_paused_until: null });
      });
    },

    /** WhatsApp restricts the account, or no longer. */
    async restricted(lease: Lease, news: RestrictionNews): Promise<void> {
      await withLease(lease, async (tx, before) => {
        const after = restrictionsAfter(before.restrictions, news, clock.now());
        if (JSON.stringify(after) === JSON.stringify(before.restrictions)) return;
        const restrictions = JSON.stringify(after);
        const row = await store.update(tx, before.id, { restrictions, updated_at: clock.now() });
        if (!row) return;
        const { newChats, newChatsCap } = current(row.restrictions, clock.now());
        await events.record(tx, profileRestricted, {
          ...{ organizationId: row.organization_id, profileId: row.id },
          body: { profileId: row.id, newChats, newChatsCap },
        });
      });
    },

    /** A message was sent again: the next pause is a short one. */
    async unhindered(lease: Lease): Promise<void> {
      await withLease(lease, async (tx, { id }) => void (await store.update(tx, id, { sending_pauses: 0 })));
    },

    /** The connection is closed as requested; not written when somebody has asked for it again meanwhile. */
    async closed(lease: Lease): Promise<void> {
      await withLease(lease, async (tx, before) => {
        if (before.wanted) return;
        await write(tx, before, {
          status: 'disconnected',
          status_reason: null,
          retry_at: null,
          ...noPairing,
        });
      });
    },

    /** `engine.forget` runs in the same transaction, so that a lost login is never half removed. */
    async ended(lease: Lease, verdict: Verdict, engine: Engine, tries: number): Promise<void> {
      const retryAt = verdict.retryInMs === null ? null : new Date(clock.now().getTime() + verdict.retryInMs);
      const values = {
        status: verdict.status,
        status_reason: verdict.reason,
        retry_count: tries,
        retry_at: retryAt,
        ...(retryAt === null && { wanted: false, pairing_phone: null }),
        ...noPairing,
      };
      await withLease(lease, async (tx, before) => {
        if (verdict.forget) await engine.forget(tx, lease.profileId);
        if (!before.wanted) return;
        await write(tx, before, values, async (_, row) => {
          if (retryAt !== null) return;
          await events.record(tx, connectionDisconnected, {
            organizationId: row.organization_id,
            profileId: row.id,
            body: { profileId: row.id, reason: verdict.reason, status: verdict.status },
          });
        });
      });
    },
  };
}

const whyPaused = (until: Date | null) => until && pausedReason(until);

export type LinkRecord = ReturnType<typeof createLinkRecord>;
