import { createHash, randomBytes } from 'node:crypto';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import { type AuditLog, differences } from '../../platform/audit/record.ts';
import { parseChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid, newId } from '../../platform/ids.ts';
import { knowsProfile, profileOf } from '../../platform/known-profiles.store.ts';
import { isMasked } from '../../platform/masked.ts';
import { reachOf } from '../../platform/reach.ts';
import type { Slice } from '../../platform/slice.ts';
import type { Starting } from '../automation/index.ts';
import type { Messages } from '../messages/index.ts';
import {
  openHookSecret,
  presentHook,
  presentReceipt,
  presentWithUrl,
  sealHookSecret,
} from './hooks.present.ts';
import type { CreateHookBody, TryHookBody, UpdateHookBody } from './hooks.schema.ts';
import type { HookRow, HookStore } from './hooks.store.ts';
import type { Mapping } from './mapping.ts';
import { readerOf, readMessage } from './read-message.ts';
import type { ReceiptStore } from './receipts.store.ts';
import type { Signature } from './signature.ts';

const hooksMax = 200;
const mappingBytesMax = 16_384;
const secretLengthMin = 8;

export const tokenHash = (token: string): Buffer => createHash('sha256').update(`hook ${token}`).digest();

export function createHookService(deps: {
  db: Db;
  clock: Clock;
  vault: Vault;
  audit: AuditLog;
  store: HookStore;
  receipts: ReceiptStore;
  messages: Pick<Messages, 'readSend'>;
  automations: Pick<Starting, 'find'>;
  defaultCountry: string;
  /** Where people and programs reach this server. */
  address: () => string;
}) {
  const { db, clock, vault, store, receipts } = deps;
  const urlOf = (token: string) => `${deps.address()}/api/v1/in/${token}`;
  const newToken = () => randomBytes(32).toString('base64url');

  async function rowOf(actor: Actor, id: string): Promise<HookRow> {
    const row = await store.find(actor, id);
    if (!row) throw new Failure('HOOK_NOT_FOUND');
    return row;
  }

  /** Managing hooks is no way around the permission to send. */
  async function assertMaySend(actor: Actor, profileId: string): Promise<void> {
    const reach = reachOf(actor, 'message:send');
    const { organizationId } = actor;
    if (reach && (await knowsProfile(db, { organizationId, reach }, profileId))) return;
    throw new Failure('PERMISSION_DENIED', {
      says: 'A hook sends messages: it needs the permission message:send for its profile, which you lack.',
    });
  }

  /** What a hook starts: an automation of its own profile. */
  async function automationOf(
    actor: Actor,
    hook: { target: string; profileId: string },
    id: string | undefined,
  ): Promise<string | null> {
    if (hook.target !== 'automation') return null;
    const row = id !== undefined && isUuid(id) ? await deps.automations.find(actor, id) : undefined;
    if (row?.profile_id === hook.profileId) return row.id;
    throw new Failure('VALIDATION_ERROR', {
      details: [{ path: '/automationId', problem: 'must be the id of an automation of the profile' }],
    });
  }

  function record(
    tx: Parameters<AuditLog['record']>[0],
    actor: Actor,
    action: 'hook.create' | 'hook.update' | 'hook.delete' | 'hook.rotate_url',
    id: string,
    more: object = {},
  ) {
    return deps.audit.record(tx, actor, { ...more, action, resource: { type: 'hook', id } });
  }

  /** The sealed secret that goes with a form; what a client was answered keeps the one that is there. */
  function secretFor(id: string, form: Signature['form'], secret: string | undefined, before?: HookRow) {
    if (form === 'none') return null;
    const old = before ? openHookSecret(vault, before) : null;
    if ((secret === undefined || isMasked(secret)) && old) return before?.secret ?? null;
    const chosen = secret ?? randomBytes(32).toString('hex');
    const isPlain = /^[\x20-\x7e]+$/.test(chosen) && chosen.length >= secretLengthMin && !isMasked(chosen);
    if (!isPlain) {
      throw new Failure('VALIDATION_ERROR', {
        details: [{ path: '/secret', problem: `must have ${secretLengthMin} to 256 printable characters` }],
      });
    }
    return sealHookSecret(vault, id, chosen);
  }

  return {
    async list(actor: Actor, slice: Slice) {
      return (await store.list(actor, slice)).map((row) => presentHook(vault, row));
    },

    /** @throws Failure HOOK_NOT_FOUND */
    async get(actor: Actor, id: string) {
      return presentHook(vault, await rowOf(actor, id));
    },

    /** @throws Failure */
    async create(actor: Actor, body: CreateHookBody) {
      const target = given(body.target) ?? 'message';
      assertTarget(target);
      const mapping = readMapping(body.mapping ?? null);
      const profileId = await profileOf(db, actor, body.profileId);
      const automationId = await automationOf(actor, { target, profileId }, given(body.automationId));
      await assertMaySend(actor, profileId);
      const signature = body.signature ?? { form: 'none' as const };
      const id = newId();
      const token = newToken();
      const now = clock.now();
      const secret = secretFor(id, signature.form, given(body.secret));
      const row = await store.inTransaction(async (tx) => {
        const made = await store.insert(
          tx,
          {
            ...{ id, organization_id: actor.organizationId, profile_id: profileId, name: body.name },
            ...{ target, automation_id: automationId, mapping: mapping && JSON.stringify(mapping) },
            ...{ signature: JSON.stringify(signature), secret, token_hash: tokenHash(token) },
            ...{ enabled: body.enabled ?? true, created_at: now, updated_at: now },
          },
          hooksMax,
        );
        if (made === undefined) throw new Failure('PROFILE_NOT_FOUND');
        if (!made) throw new Failure('HOOKS_FULL');
        await record(tx, actor, 'hook.create', id, { after: { name: body.name, profileId } });
        return made;
      });
      return presentWithUrl(vault, row, urlOf(token));
    },

    /** Changes what is given. @throws Failure */
    async update(actor: Actor, id: string, body: UpdateHookBody) {
      const before = await rowOf(actor, id);
      const target = given(body.target) ?? before.target;
      assertTarget(target);
      if (target !== before.target) {
        const details = [{ path: '/target', problem: 'can’t be changed: make another hook' }];
        throw new Failure('VALIDATION_ERROR', { details });
      }
      const chosen = given(body.automationId);
      const automationId = chosen
        ? await automationOf(actor, { target, profileId: before.profile_id }, chosen)
        : before.automation_id;
      if (body.mapping || body.enabled) await assertMaySend(actor, before.profile_id);
      const mapping = body.mapping === undefined ? before.mapping : readMapping(body.mapping);
      const signature =
        body.signature === undefined ? before.signature : (body.signature ?? { form: 'none' });
      const change = {
        ...{ name: given(body.name) ?? before.name, enabled: body.enabled ?? before.enabled },
        ...{ mapping: mapping && JSON.stringify(mapping), signature: JSON.stringify(signature) },
        automation_id: automationId,
        ...{ secret: secretFor(id, signature.form, given(body.secret), before), updated_at: clock.now() },
      };
      const row = await store.inTransaction(async (tx) => {
        const after = await store.update(tx, actor, id, change);
        if (!after) throw new Failure('HOOK_NOT_FOUND');
        await record(tx, actor, 'hook.update', id, auditedChange(before, after));
        return after;
      });
      return presentHook(vault, row);
    },

    /** Another address; the one before is unknown from now on. @throws Failure HOOK_NOT_FOUND */
    async rotate(actor: Actor, id: string) {
      const before = await rowOf(actor, id);
      await assertMaySend(actor, before.profile_id);
      const token = newToken();
      const row = await store.inTransaction(async (tx) => {
        const change = { token_hash: tokenHash(token), updated_at: clock.now() };
        const after = await store.update(tx, actor, id, change);
        if (!after) throw new Failure('HOOK_NOT_FOUND');
        await record(tx, actor, 'hook.rotate_url', id);
        return after;
      });
      return { ...presentHook(vault, row), url: urlOf(token) };
    },

    /** @throws Failure HOOK_NOT_FOUND */
    async remove(actor: Actor, id: string): Promise<{ success: true }> {
      await rowOf(actor, id);
      await store.inTransaction(async (tx) => {
        if (!(await store.remove(tx, actor, id))) throw new Failure('HOOK_NOT_FOUND');
        await record(tx, actor, 'hook.delete', id);
      });
      return { success: true };
    },

    /** What came, newest first. @throws Failure HOOK_NOT_FOUND */
    async received(actor: Actor, id: string, slice: Slice) {
      await rowOf(actor, id);
      return (await receipts.list(id, slice)).map(presentReceipt);
    },

    /** What a payload would become; nothing is sent or kept. @throws Failure HOOK_NOT_FOUND */
    async try(actor: Actor, id: string, body: TryHookBody) {
      const row = await rowOf(actor, id);
      const mapping = body.mapping ? readMapping(body.mapping) : row.mapping;
      const last = body.payload === undefined ? await receipts.last(id) : undefined;
      const payload = last ? (JSON.parse(last.payload ?? 'null') as unknown) : body.payload;
      const headers = body.headers ?? last?.headers ?? {};
      const read = readMessage(readerOf(row, deps.messages.readSend), mapping, {
        payload: payload ?? {},
        headers: lowerCased(headers),
      });
      const nothing = { success: false, message: null, missing: [], problems: [] };
      if (read.is === 'caught' || read.is === 'skipped') return { ...nothing, status: read.is };
      const { missing } = read;
      if (read.is === 'wrong') {
        return { ...nothing, status: 'failed' as const, missing, problems: read.problems };
      }
      const { to, type, fields: content } = read;
      try {
        const country = (await store.countryOf(row.profile_id)) ?? deps.defaultCountry;
        const message = { to, chatId: parseChatId(to, country), type, content };
        return { success: true, status: 'ready' as const, message, missing, problems: [] };
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        const problems = [{ path: '/to', problem: error.message }];
        return { ...nothing, status: 'failed' as const, missing, problems };
      }
    },
  };
}

export type HookService = ReturnType<typeof createHookService>;

function assertTarget(target: string): void {
  if (target === 'template') throw new Failure('HOOK_TARGET_UNAVAILABLE');
}

function readMapping(mapping: Mapping | null): Mapping | null {
  if (mapping && JSON.stringify(mapping).length > mappingBytesMax) {
    throw new Failure('VALIDATION_ERROR', {
      details: [{ path: '/mapping', problem: `must not be longer than ${mappingBytesMax} characters` }],
    });
  }
  return mapping;
}

/** Of the secret only that it was replaced. */
function auditedChange(before: HookRow, after: HookRow) {
  const shown = ({ name, enabled, mapping, signature }: HookRow) => ({ name, enabled, mapping, signature });
  const isReplaced = !(before.secret ?? Buffer.of()).equals(after.secret ?? Buffer.of());
  return {
    ...differences(shown(before), shown(after)),
    ...(isReplaced && { details: { secret: 'replaced' } }),
  };
}

const lowerCased = (headers: object): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
