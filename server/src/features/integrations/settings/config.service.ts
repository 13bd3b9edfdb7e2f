import type { Actor } from '../../../platform/actor.ts';
import { type AuditLog, differences } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure, type Problem } from '../../../platform/failures.ts';
import { isUuid } from '../../../platform/ids.ts';
import { knownProfiles } from '../../../platform/known-profiles.store.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import type { Permission } from '../../../platform/permissions.ts';
import type { Rate } from '../../../platform/rate.ts';
import { isEverywhere, reachOf } from '../../../platform/reach.ts';
import { type ChatwootSettings, chatwootLacks, mergeChatwoot } from '../chatwoot/settings.ts';
import { testChatwoot } from '../chatwoot/test.ts';
import { integrationUpdated } from '../integrations.events.ts';
import type { ConfigFields, TestFields, TestOutcome } from '../integrations.schema.ts';
import { mergeTypebot, type TypebotSettings, typebotLacks } from '../typebot/settings.ts';
import { testTypebot } from '../typebot/test.ts';
import { type EffectiveSettings, type SettingsByKind, sealSettings } from './effective.ts';
import type { IntegrationStore, Kind } from './integrations.store.ts';
import { presentChatwoot, presentTypebot, shownSettings } from './present.ts';

/** What an integration does with messages, so whoever sets it up must be allowed to. */
const needed: readonly Permission[] = ['message:read', 'message:send'];

export function createConfigService(deps: {
  db: Db;
  clock: Clock;
  vault: Vault;
  audit: AuditLog;
  events: EventRecorder;
  outbound: Pick<Outbound, 'check' | 'request'>;
  store: IntegrationStore;
  effective: EffectiveSettings;
  /** How often an organisation may test: a test must not scan a network. */
  rate: Rate;
  address: () => string;
  /** What is remembered of the other program is of no use any more: it is another one now. */
  moved(tx: Tx, organizationId: string, kind: Kind): Promise<void>;
  /** Nothing more is told it. */
  stopped(tx: Tx, organizationId: string, kind: Kind): Promise<void>;
}) {
  const { db, vault, store, effective } = deps;
  const webhookUrl = (organizationId: string) =>
    `${deps.address()}/api/v1/integrations/chatwoot/${effective.webhookToken(organizationId)}`;

  async function get(actor: Actor) {
    const { organizationId } = actor;
    const mayChange = reachOf(actor, 'settings:update') !== undefined;
    const [chatwoot, typebot, chatwootState, typebotState] = await Promise.all([
      effective.of(organizationId, 'chatwoot'),
      effective.of(organizationId, 'typebot'),
      store.state(organizationId, 'chatwoot'),
      store.state(organizationId, 'typebot'),
    ]);
    const url = chatwoot.settings && mayChange ? webhookUrl(organizationId) : null;
    return {
      chatwoot: presentChatwoot(chatwoot, chatwootState, url),
      typebot: presentTypebot(typebot, typebotState),
    };
  }

  async function assertAllowed(actor: Actor, settings: ChatwootSettings | TypebotSettings): Promise<void> {
    const { organizationId } = actor;
    const ids = settings.profileIds;
    for (const permission of needed) {
      const reach = reachOf(actor, permission);
      const mayAll = reach !== undefined && isEverywhere(reach);
      const maySome =
        mayAll ||
        (reach && ids && (await knownProfiles(db, { organizationId, reach }, ids)).length === ids.length);
      if (maySome) continue;
      throw new Failure('PERMISSION_DENIED', {
        says: `An integration reads and sends messages: it needs ${permission} for its profiles, which you lack.`,
      });
    }
  }

  async function problemsOf(
    { organizationId }: Actor,
    kind: Kind,
    settings: ChatwootSettings | TypebotSettings,
  ): Promise<Problem[]> {
    const inboxes = 'inboxes' in settings ? Object.keys(settings.inboxes) : [];
    const named = [...new Set([...(settings.profileIds ?? []), ...inboxes])];
    const known = await knownProfiles(db, { organizationId }, named.filter(isUuid));
    const unknown = named.filter((id) => !known.includes(id));
    const url = 'url' in settings ? settings.url : settings.apiUrl;
    const path = 'url' in settings ? `/${kind}/url` : `/${kind}/apiUrl`;
    const refused = await deps.outbound.check(url).then(
      () => [],
      (error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        return [{ path, problem: error.message }];
      },
    );
    return [
      ...unknown.map((id) => ({ path: `/${kind}/profileIds`, problem: `names ${id}, which is no profile` })),
      ...refused,
    ];
  }

  async function put<Of extends Kind>(
    actor: Actor,
    kind: Of,
    before: SettingsByKind[Of] | undefined,
    settings: SettingsByKind[Of] | undefined,
    tx: Tx,
  ): Promise<void> {
    const { organizationId } = actor;
    const now = deps.clock.now();
    if (settings) {
      await store.put(tx, {
        ...{ organization_id: organizationId, kind, enabled: settings.enabled },
        ...{ created_at: now, updated_at: now, ...sealSettings(vault, organizationId, kind, settings) },
      });
    } else await store.remove(tx, organizationId, kind);
    const enabled = settings?.enabled ?? false;
    if (before && placeOf(before) !== (settings && placeOf(settings)))
      await deps.moved(tx, organizationId, kind);
    if (!enabled) await deps.stopped(tx, organizationId, kind);
    await store.forgetState(tx, organizationId, kind);
    await deps.events.record(tx, integrationUpdated, {
      organizationId,
      profileId: null,
      body: { kind, enabled },
    });
    await deps.audit.record(tx, actor, {
      action: 'settings.update',
      resource: { type: kind, id: null },
      ...differences(shownSettings(before), shownSettings(settings)),
    });
  }

  return {
    get,

    /** @throws Failure VALIDATION_ERROR with every problem, PERMISSION_DENIED */
    async put(actor: Actor, body: ConfigFields) {
      const { organizationId } = actor;
      const [chatwoot, typebot] = await Promise.all([
        body.chatwoot === undefined ? undefined : effective.of(organizationId, 'chatwoot'),
        body.typebot === undefined ? undefined : effective.of(organizationId, 'typebot'),
      ]);
      const reads = {
        ...(chatwoot && { chatwoot: mergeChatwoot(chatwoot.settings, body.chatwoot ?? { url: null }) }),
        ...(typebot && { typebot: mergeTypebot(typebot.settings, body.typebot ?? { apiUrl: null }) }),
      };
      const problems = Object.values(reads).flatMap((read) => ('problems' in read ? read.problems : []));
      for (const [kind, read] of Object.entries(reads)) {
        if ('problems' in read || !read.settings) continue;
        problems.push(...(await problemsOf(actor, kind as Kind, read.settings)));
        if (read.settings.enabled) await assertAllowed(actor, read.settings);
      }
      if (problems.length > 0) throw new Failure('VALIDATION_ERROR', { details: problems });
      await store.inTransaction(async (tx) => {
        if (chatwoot && reads.chatwoot && 'settings' in reads.chatwoot) {
          await put(actor, 'chatwoot', chatwoot.settings, reads.chatwoot.settings, tx);
        }
        if (typebot && reads.typebot && 'settings' in reads.typebot) {
          await put(actor, 'typebot', typebot.settings, reads.typebot.settings, tx);
        }
      });
      const names = Object.keys(reads);
      const message = names.length === 0 ? 'Nothing was given, so nothing was changed.' : 'Saved.';
      return { success: true, message, ...(await get(actor)) };
    },

    /**
     * Tries what a body would set, or what is set. What is wrong with it is an answer, not a failure.
     * @throws Failure VALIDATION_ERROR, RATE_LIMITED
     */
    async test(actor: Actor, body: TestFields) {
      const { organizationId } = actor;
      const startedAt = performance.now();
      const outcome = await testOf(organizationId, body, () => deps.rate.count(organizationId));
      return { ...outcome, durationMs: Math.round(performance.now() - startedAt) };
    },
  };

  async function testOf(organizationId: string, body: TestFields, count: () => void): Promise<TestOutcome> {
    if (body.type === 'chatwoot') {
      const { settings: before } = await effective.of(organizationId, 'chatwoot');
      const read = body.chatwoot ? mergeChatwoot(before, body.chatwoot) : { settings: before };
      if ('problems' in read) throw new Failure('VALIDATION_ERROR', { details: read.problems });
      const lacks = read.settings ? chatwootLacks(read.settings) : undefined;
      if (!read.settings || !lacks || lacks.length > 0) return incomplete('Chatwoot', lacks);
      count();
      return testChatwoot(deps.outbound, read.settings, webhookUrl(organizationId));
    }
    if (body.type === 'typebot') {
      const { settings: before } = await effective.of(organizationId, 'typebot');
      const read = body.typebot ? mergeTypebot(before, body.typebot) : { settings: before };
      if ('problems' in read) throw new Failure('VALIDATION_ERROR', { details: read.problems });
      const lacks = read.settings ? typebotLacks(read.settings) : undefined;
      if (!read.settings || !lacks || lacks.length > 0) return incomplete('Typebot', lacks);
      count();
      return testTypebot(deps.outbound, read.settings);
    }
    return {
      success: false,
      code: 'type',
      message: 'Unknown integration type: there are chatwoot and typebot.',
    };
  }
}

const placeOf = (settings: ChatwootSettings | TypebotSettings) =>
  'url' in settings ? `${settings.url} ${settings.accountId}` : settings.apiUrl;

function incomplete(who: string, lacks: readonly Problem[] | undefined): TestOutcome {
  const names = (lacks ?? []).map(({ path }) => path.split('/').at(-1)).join(', ');
  const message = lacks ? `${who} is not set up: ${names} is missing.` : `${who} is not set up.`;
  return { success: false, code: 'incomplete', message };
}

export type ConfigService = ReturnType<typeof createConfigService>;
