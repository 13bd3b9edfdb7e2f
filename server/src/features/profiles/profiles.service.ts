import { setTimeout as pause } from 'node:timers/promises';
import { type EngineName, engineRows } from '../../engines/port.ts';
import type { Idempotency, IdempotencyClaim } from '../../http/idempotency.ts';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { AuditAction } from '../../platform/audit/actions.ts';
import type { AuditEntry, AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import { afterCommit, type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid, newId } from '../../platform/ids.ts';
import { auditedChange, changesOf, countryOf, engineOf, labelsOf, ownNumber } from './profile-changes.ts';
import { connectionDisconnected, connectionUpdate } from './profiles.events.ts';
import { type PictureLink, presentProfile, presentStatus } from './profiles.present.ts';
import type { CreateProfileBody, UpdateProfileBody } from './profiles.schema.ts';
import type { ProfileRow, ProfileStore } from './profiles.store.ts';

/** A login belongs to the network it was made with. */
const engineChanged =
  'The profile was disconnected and its phone unlinked: connect it to pair again with the new engine.';
/** Statuses in which a second connect changes nothing. */
const underWay: string[] = ['connecting', 'qr', 'pairing'];
const unlinkMsMax = 12_000;
const pollMs = 20;

export interface ProfileServiceDeps {
  db: Db;
  clock: Clock;
  store: ProfileStore;
  events: EventRecorder;
  audit: AuditLog;
  idempotency: Pick<Idempotency, 'begin' | 'finish'>;
  defaultCountry: string;
  /** Why an engine can't be used on this server, or null when it can. */
  unavailable(engine: EngineName): string | null;
  /** Whether the profile has a login at a network this server can reach. */
  isLinked(profile: { id: string; engine: string }): Promise<boolean>;
  /** Deletes the rows of other areas about a profile, in the transaction that deletes it. */
  forget(tx: Tx, profile: { organizationId: string; id: string }): Promise<void>;
  pictureLink: PictureLink;
  /** The profile may send again. */
  sendingResumed(profileId: string): void;
  /** Brings the profile to its wanted state, on whichever node owns it. */
  poke(profileId: string): void;
}

export function createProfileService(deps: ProfileServiceDeps) {
  const { db, clock, store, events } = deps;

  async function rowOf(actor: Actor, id: string, tx: Db | Tx = db): Promise<ProfileRow> {
    const row = await store.find(actor, id, tx);
    if (!row) throw new Failure('PROFILE_NOT_FOUND');
    return row;
  }

  async function placeOf(actor: Actor, body: CreateProfileBody, accountId?: string) {
    if (accountId) {
      const account = await store.accountOf(actor, accountId);
      if (!account) throw new Failure('ACCOUNT_NOT_FOUND');
      return { workspaceId: account.workspace_id, accountId };
    }
    return { workspaceId: await workspaceOf(actor, given(body.workspaceId)), accountId: null };
  }

  /** The workspace that was named, or the first one. */
  async function workspaceOf(actor: Actor, id: string | undefined): Promise<string> {
    const isPossible = id === undefined || isUuid(id);
    const workspace = isPossible ? await store.workspaceOf(actor, id) : undefined;
    if (!workspace) throw new Failure('WORKSPACE_NOT_FOUND');
    return workspace.id;
  }

  /** The country that completes local numbers where a profile names none. */
  async function usualCountry(actor: Actor): Promise<string> {
    return (await store.countryOfOrganization(actor.organizationId)) ?? deps.defaultCountry;
  }

  /** The row as it stays until the transaction ends. */
  async function lockedRow(actor: Actor, id: string, tx: Tx): Promise<ProfileRow> {
    await rowOf(actor, id, tx);
    const row = await store.lock(id, tx);
    if (!row) throw new Failure('PROFILE_NOT_FOUND');
    return row;
  }

  /** Asks the node of the profile to unlink the phone and waits for it; a profile that is not connected connects for that. */
  async function unlink({ id, engine }: ProfileRow): Promise<void> {
    if (!(await store.isOwned(id)) && !(await deps.isLinked({ id, engine }))) return;
    await inTransaction(db, async (tx) => {
      await store.update(tx, id, { wanted: false, logout_asked: true });
      afterCommit(tx, () => deps.poke(id));
    });
    const giveUpAtMs = performance.now() + unlinkMsMax;
    while ((await store.own(id))?.logout_asked && performance.now() < giveUpAtMs) {
      await pause(pollMs);
    }
  }

  const removeUnlinked = (actor: Actor, id: string): Promise<void> =>
    inTransaction(db, async (tx) => {
      if (!(await store.seize(tx, actor, id))) throw new Failure('PROFILE_NOT_FOUND');
      await deps.forget(tx, { organizationId: actor.organizationId, id });
      await store.remove(tx, actor, id);
      await recordAudit(tx, actor, 'profile.delete', id);
      afterCommit(tx, () => deps.poke(id));
    });

  return {
    /** A profile as clients see it now. */
    present: (row: Parameters<typeof presentProfile>[0]) =>
      presentProfile(row, clock.now(), deps.pictureLink),
    presentStatus: (row: ProfileRow) => presentStatus(row, clock.now()),
    rowOf,

    async create(
      actor: Actor,
      body: CreateProfileBody,
      { accountId, claim }: { accountId?: string; claim?: IdempotencyClaim | undefined },
    ): Promise<ProfileRow> {
      const place = await placeOf(actor, body, accountId);
      const engine = engineOf(given(body.engine)) ?? 'baileys';
      const phone = given(body.phoneNumber) ?? given(body.phone);
      const country = countryOf(given(body.defaultCountry));
      const now = clock.now();
      const row = {
        id: newId(),
        organization_id: actor.organizationId,
        workspace_id: place.workspaceId,
        account_id: place.accountId,
        display_name: body.name || body.displayName || 'New profile',
        phone_number: phone ? ownNumber(phone, country ?? (await usualCountry(actor))) : null,
        engine,
        default_country: country ?? null,
        drop_statuses: body.dropStatuses ?? null,
        sending_held: body.sendingPaused ?? false,
        message_delay_ms: given(body.messageDelayMs) ?? engineRows[engine].messageDelayMs,
        message_delay_jitter_ms: given(body.messageDelayJitterMs) ?? 0,
        daily_message_limit: given(body.dailyMessageLimit) ?? null,
        settings: body.settings ?? {},
        labels: labelsOf(body.labels ?? []),
        created_at: now,
        updated_at: now,
      };
      return inTransaction(db, async (tx) => {
        await deps.idempotency.begin(tx, claim);
        await store.insert(tx, row);
        const after = { workspaceId: place.workspaceId, accountId: place.accountId, engine };
        await recordAudit(tx, actor, 'profile.create', row.id, { after });
        const profile = await rowOf(actor, row.id, tx);
        await deps.idempotency.finish(tx, claim, 201, presentProfile(profile, clock.now(), deps.pictureLink));
        return profile;
      });
    },

    async update(
      actor: Actor,
      id: string,
      body: UpdateProfileBody,
    ): Promise<ProfileRow & { warning?: string }> {
      return inTransaction(db, async (tx) => {
        const before = await lockedRow(actor, id, tx);
        const row = await store.update(tx, id, { ...changesOf(body, before), updated_at: clock.now() });
        if (!row) throw new Failure('PROFILE_NOT_FOUND');
        await recordAudit(tx, actor, 'profile.update', id, auditedChange(before, row));
        if (row.sending_held !== before.sending_held) await recordPaused(tx, row);
        if (row.engine === before.engine) return row;
        await release(tx, before, { logout: true, reason: 'The profile was moved to another engine.' });
        return { ...(await rowOf(actor, id, tx)), warning: engineChanged };
      });
    },

    unlink: async (actor: Actor, id: string): Promise<void> => unlink(await rowOf(actor, id)),
    removeUnlinked,

    /** Unlinks the phone first: without the profile's keys nobody could. */
    async remove(actor: Actor, id: string): Promise<void> {
      await unlink(await rowOf(actor, id));
      await removeUnlinked(actor, id);
    },

    /** Asks for a connection; `pairingPhone` pairs by code instead of by QR. */
    async connect(actor: Actor, id: string, pairingPhone?: string): Promise<ProfileRow> {
      return inTransaction(db, async (tx) => {
        const before = await lockedRow(actor, id, tx);
        const why = deps.unavailable(before.engine as EngineName);
        if (why) throw new Failure('UNAVAILABLE', { says: why });
        if (before.wanted && before.status === 'connected') {
          if (pairingPhone) throw new Failure('PROFILE_ALREADY_PAIRED');
          return before;
        }
        afterCommit(tx, () => deps.poke(id));
        // A connection that shows a code goes on showing it.
        const isSame = before.pairing_phone === (pairingPhone ?? null);
        if (before.wanted && isSame && underWay.includes(before.status)) return before;
        const row = await store.update(tx, id, {
          wanted: true,
          pairing_phone: pairingPhone ?? null,
          pairing: null,
          pairing_expires_at: null,
          status: 'connecting',
          status_reason: null,
          retry_count: 0,
          retry_at: null,
          updated_at: clock.now(),
        });
        await recordAudit(tx, actor, 'profile.connect', id, {
          details: { by: pairingPhone ? 'code' : 'qr' },
        });
        if (before.status !== 'connecting' || before.status_reason)
          await recordStatus(tx, before, 'connecting');
        return row ?? before;
      });
    },

    async disconnect(actor: Actor, id: string, logout: boolean): Promise<void> {
      await inTransaction(db, async (tx) => {
        const before = await lockedRow(actor, id, tx);
        await release(tx, before, { logout, reason: 'Disconnected by a user.' });
        await recordAudit(tx, actor, 'profile.disconnect', id, { details: { logout } });
      });
    },

    /** The digits of a phone that is to pair by code. */
    async pairingNumber(actor: Actor, id: string, phone: string): Promise<string> {
      const row = await rowOf(actor, id);
      return ownNumber(phone, row.default_country ?? (await usualCountry(actor)));
    },
  };

  function recordAudit(
    tx: Tx,
    actor: Actor,
    action: AuditAction,
    id: string,
    more: Partial<AuditEntry> = {},
  ): Promise<void> {
    return deps.audit.record(tx, actor, { ...more, action, resource: { type: 'profile', id } });
  }

  async function release(
    tx: Tx,
    before: ProfileRow,
    options: { logout: boolean; reason: string },
  ): Promise<void> {
    const { id } = before;
    await store.update(tx, id, {
      wanted: false,
      logout_asked: before.logout_asked || options.logout,
      pairing_phone: null,
      status: 'disconnected',
      status_reason: null,
      pairing: null,
      pairing_expires_at: null,
      retry_at: null,
      updated_at: clock.now(),
    });
    if (before.wanted) {
      await recordStatus(tx, before, 'disconnected');
      await events.record(tx, connectionDisconnected, {
        organizationId: before.organization_id,
        profileId: id,
        body: { profileId: id, reason: options.reason, status: 'disconnected' },
      });
    }
    afterCommit(tx, () => deps.poke(id));
  }

  async function recordPaused(tx: Tx, row: ProfileRow): Promise<void> {
    const { id: profileId, organization_id: organizationId, status, status_reason: reason } = row;
    await events.record(tx, connectionUpdate, {
      ...{ organizationId, profileId },
      body: { profileId, status, reason, sendingPaused: row.sending_held },
    });
    if (!row.sending_held) afterCommit(tx, () => deps.sendingResumed(profileId));
  }

  async function recordStatus(tx: Tx, row: ProfileRow, status: string): Promise<void> {
    await events.record(tx, connectionUpdate, {
      organizationId: row.organization_id,
      profileId: row.id,
      body: { profileId: row.id, status, reason: null },
    });
  }
}

export type ProfileService = ReturnType<typeof createProfileService>;
