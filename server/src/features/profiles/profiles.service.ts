import type { EngineName } from '../../engines/port.ts';
import type { Actor } from '../../platform/actor.ts';
import { parseChatId, phoneOf } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { afterCommit, type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import { connectionDisconnected, connectionUpdate } from './profiles.events.ts';
import type { CreateProfileBody, UpdateProfileBody } from './profiles.schema.ts';
import type { ProfileRow, ProfileStore, ProfileWithWorkspace } from './profiles.store.ts';

const engineNames: Record<string, EngineName> = {
  baileys: 'baileys',
  sandbox: 'sandbox',
  'whatsapp-web-js': 'baileys',
  mock: 'sandbox',
};
/** WhatsApp looks at the pace of real accounts; nobody minds in the sandbox. */
const delayMsOf: Record<EngineName, number> = { baileys: 1500, sandbox: 0 };

export interface ProfileServiceDeps {
  db: Db;
  clock: Clock;
  store: ProfileStore;
  events: EventRecorder;
  defaultCountry: string;
  /** Why an engine can't be used on this server, or null when it can. */
  unavailable(engine: EngineName): string | null;
  /** Brings the profile to its wanted state, on whichever node owns it. */
  poke(profileId: string): void;
}

export function createProfileService(deps: ProfileServiceDeps) {
  const { db, clock, store, events } = deps;

  async function mine(actor: Actor, id: string, tx: Db | Tx = db): Promise<ProfileRow> {
    const row = await store.find(actor.organizationId, id, tx);
    if (!row) throw new Failure('PROFILE_NOT_FOUND');
    return row;
  }

  async function placed(actor: Actor, body: CreateProfileBody, accountId?: string) {
    if (accountId) {
      const account = await store.accountOf(actor.organizationId, accountId);
      if (!account) throw new Failure('ACCOUNT_NOT_FOUND');
      return { workspaceId: account.workspace_id, accountId };
    }
    const workspace = await store.workspaceOf(db, actor.organizationId, body.workspaceId || undefined);
    if (!workspace) throw new Failure('WORKSPACE_NOT_FOUND');
    return { workspaceId: workspace.id, accountId: null };
  }

  return {
    mine,

    async list(
      actor: Actor,
      filter: { workspaceId?: string; accountId?: string; limit: number; offset: number },
    ) {
      if (filter.accountId && !(await store.accountOf(actor.organizationId, filter.accountId))) {
        throw new Failure('ACCOUNT_NOT_FOUND');
      }
      return store.list(actor.organizationId, filter);
    },

    async get(actor: Actor, id: string, accountId?: string): Promise<ProfileWithWorkspace> {
      const row = await store.get(actor.organizationId, id);
      if (!row || (accountId && row.account_id !== accountId)) throw new Failure('PROFILE_NOT_FOUND');
      return row;
    },

    async create(actor: Actor, body: CreateProfileBody, accountId?: string): Promise<ProfileRow> {
      const place = await placed(actor, body, accountId);
      const engine = engineNames[body.engine || 'baileys'] ?? 'baileys';
      const phone = body.phoneNumber || body.phone;
      const now = clock.now();
      const row = {
        id: newId(),
        organization_id: actor.organizationId,
        workspace_id: place.workspaceId,
        account_id: place.accountId,
        display_name: body.name || body.displayName || 'New profile',
        phone_number: phone ? ownNumber(phone, body.defaultCountry || deps.defaultCountry) : null,
        engine,
        default_country: body.defaultCountry || null,
        message_delay_ms: delayMsOf[engine],
        settings: body.settings ?? {},
        created_at: now,
        updated_at: now,
      };
      await inTransaction(db, (tx) => store.insert(tx, row));
      return mine(actor, row.id);
    },

    async update(
      actor: Actor,
      id: string,
      body: UpdateProfileBody,
    ): Promise<ProfileRow & { warning?: string }> {
      return inTransaction(db, async (tx) => {
        const before = await mine(actor, id, tx);
        const name = body.name || body.displayName;
        const engine = body.engine ? engineNames[body.engine] : undefined;
        const row = await store.update(tx, id, {
          ...(name && { display_name: name }),
          ...(engine && { engine }),
          ...(body.settings !== undefined && { settings: JSON.stringify(body.settings ?? {}) }),
          ...(body.defaultCountry !== undefined && { default_country: body.defaultCountry || null }),
          ...(body.messageDelayMs !== undefined && { message_delay_ms: body.messageDelayMs }),
          ...(body.messageDelayJitterMs !== undefined && {
            message_delay_jitter_ms: body.messageDelayJitterMs,
          }),
          ...(body.dailyMessageLimit !== undefined && { daily_message_limit: body.dailyMessageLimit }),
          updated_at: clock.now(),
        });
        if (!row) throw new Failure('PROFILE_NOT_FOUND');
        const switched = engine !== undefined && engine !== before.engine;
        return switched ? { ...row, warning: 'The new engine is used from the next connect on.' } : row;
      });
    },

    async remove(actor: Actor, id: string): Promise<void> {
      await inTransaction(db, async (tx) => {
        if (!(await store.remove(tx, actor.organizationId, id))) throw new Failure('PROFILE_NOT_FOUND');
        afterCommit(tx, () => deps.poke(id));
      });
    },

    /** Asks for a connection; `pairingPhone` pairs by code instead of by QR. */
    async connect(actor: Actor, id: string, pairingPhone?: string): Promise<ProfileRow> {
      return inTransaction(db, async (tx) => {
        const before = await mine(actor, id, tx);
        const why = deps.unavailable(before.engine as EngineName);
        if (why) throw new Failure('UNAVAILABLE', { says: why });
        if (before.wanted && before.status === 'connected') {
          if (pairingPhone) throw new Failure('PROFILE_ALREADY_PAIRED');
          return before;
        }
        const row = await store.update(tx, id, {
          wanted: true,
          logout_asked: false,
          pairing_phone: pairingPhone ?? null,
          status: 'connecting',
          status_reason: null,
          retry_count: 0,
          retry_at: null,
          updated_at: clock.now(),
        });
        await changed(tx, row ?? before, 'connecting');
        afterCommit(tx, () => deps.poke(id));
        return row ?? before;
      });
    },

    async disconnect(actor: Actor, id: string, logout: boolean): Promise<void> {
      await inTransaction(db, async (tx) => {
        const before = await mine(actor, id, tx);
        await store.update(tx, id, {
          wanted: false,
          logout_asked: logout,
          pairing_phone: null,
          status: 'disconnected',
          status_reason: null,
          pairing: null,
          pairing_expires_at: null,
          retry_at: null,
          updated_at: clock.now(),
        });
        if (before.wanted) {
          await changed(tx, before, 'disconnected');
          await events.record(tx, connectionDisconnected, {
            organizationId: before.organization_id,
            profileId: id,
            body: { profileId: id, reason: 'Disconnected by a user.', status: 'disconnected' },
          });
        }
        afterCommit(tx, () => deps.poke(id));
      });
    },

    /** The digits of a phone that is to pair by code. */
    async pairingNumber(actor: Actor, id: string, phone: string): Promise<string> {
      const row = await mine(actor, id);
      return ownNumber(phone, row.default_country ?? deps.defaultCountry);
    },
  };

  async function changed(tx: Tx, row: ProfileRow, status: string): Promise<void> {
    await events.record(tx, connectionUpdate, {
      organizationId: row.organization_id,
      profileId: row.id,
      body: { profileId: row.id, status, reason: null },
    });
  }
}

function ownNumber(phone: string, defaultCountry: string): string {
  const digits = phoneOf(parseChatId(phone, defaultCountry));
  if (!digits)
    throw new Failure('INVALID_RECIPIENT', { says: `Not a phone number: ${JSON.stringify(phone)}` });
  return digits;
}

export type ProfileService = ReturnType<typeof createProfileService>;
