import type { Idempotency } from '../../http/idempotency.ts';
import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import { type Clock, dayMs, later } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { ContactDeeds } from '../contacts/index.ts';
import type { AssignTo, ConversationRow } from '../conversations/index.ts';
import type { Messages } from '../messages/index.ts';
import * as events from './automation.events.ts';
import { purgeRuns } from './automation.jobs.ts';
import { automationKeeps } from './automation.keeps.ts';
import { automationRoutes, deskRoutes } from './automation.routes.ts';
import { createAutomationService } from './automation.service.ts';
import { createAutomationStore } from './automation.store.ts';
import { createChecks } from './checks.ts';
import { createCounts } from './counts.store.ts';
import { createDesk } from './desk.ts';
import { createDryRun } from './dry-run.ts';
import { createChatStore } from './run/chats.store.ts';
import { createHandOver } from './run/hand-over.ts';
import { createKnownSource } from './run/known.store.ts';
import { createKnown, type HookKind } from './run/known.ts';
import { createPerform } from './run/perform.ts';
import { createRunner } from './run/runner.ts';
import { createRunStore } from './run/runs.store.ts';
import { createStage, type HookAct } from './run/scene.ts';
import { createSpeech } from './run/speech.ts';
import { createStarts } from './run/starts.ts';
import { createStartFor } from './start-for.ts';

export { Automation } from './automation.schema.ts';
export type { AutomationChange, AutomationService } from './automation.service.ts';
export { modes } from './match/text.ts';
export type { HookKind } from './run/known.ts';
export type { HookAct } from './run/scene.ts';

const runsKeptDays = 30;
const limitsKeptDays = 366;
const batch = 1_000;

export interface AutomationDeps {
  db: Db;
  clock: Clock;
  log: Log;
  audit: AuditLog;
  events: EventRecorder;
  outbound: Outbound;
  idempotency: Pick<Idempotency, 'once'>;
  defaultCountry: string;
  messages: Pick<Messages, 'deliver' | 'prepare' | 'readSend' | 'senderOf'>;
  contacts: ContactDeeds;
  assign: AssignTo;
  /** A conversation of the tenancy. */
  conversation(actor: Actor, id: string): Promise<ConversationRow | undefined>;
  /** The reply hooks of a profile that are on, in the order they are asked. */
  hooksOf(profileId: string): Promise<HookKind[]>;
  /** What one of them is asked. */
  ask: HookAct;
}

/** Rules and flows: what starts them, what they do, and runs that survive a crash. */
export function createAutomation(deps: AutomationDeps) {
  const { db, clock } = deps;
  const store = createAutomationStore(db);
  const runs = createRunStore(db);
  const chats = createChatStore(db);
  const known = createKnown(createKnownSource(db), deps.hooksOf);
  const { readSend } = deps.messages;
  const check = createChecks({ ...deps, store, readSend });
  const service = createAutomationService({ ...deps, store, runs, check, changed: known.forget });
  const dryRun = createDryRun({ clock, store, service, check });
  const handOver = createHandOver({ ...deps, chats, runs });
  const speech = createSpeech({ ...deps, chats });
  const stage = createStage({ clock, runs, chats, known, hookAct: deps.ask });
  const perform = createPerform({ ...deps, handOver, speech });
  const runner = createRunner({ ...deps, runs, perform, stage });
  const startFor = createStartFor({
    ...{ clock, runs, chats, zoneOf: store.zoneOf, poke: runner.poke },
    async countryOf({ organization_id, profile_id }) {
      const sender = await deps.messages.senderOf({ organizationId: organization_id }, profile_id);
      return sender.defaultCountry ?? deps.defaultCountry;
    },
  });
  const desk = createDesk({ ...deps, service, runs, chats, handOver, startFor });

  async function purge(_: object, signal: AbortSignal): Promise<void> {
    const now = clock.now();
    const before = later(now, -runsKeptDays * dayMs);
    const limitsBefore = later(now, -limitsKeptDays * dayMs);
    while (!signal.aborted && (await runs.purge(before, limitsBefore, batch)) === batch);
  }

  const feature: Feature = {
    name: 'automation',
    routes(app) {
      automationRoutes(app, service, dryRun);
      deskRoutes(app, desk);
    },
    events: Object.values(events),
    readers: [createStarts({ ...deps, known, runs, chats, handOver, poke: runner.poke })],
    jobs: [purgeRuns.runs(purge)],
    keeps: automationKeeps,
    async start() {
      runner.start();
    },
    stop: () => runner.stop(),
  };
  /** For other features: an automation of the tenancy, and starting it. */
  const starting = { find: store.find, ...startFor };
  /** `counts`: for statistics. */
  return { feature, service, starting, counts: createCounts(db) };
}

/** What starts automations for other features. */
export type Starting = ReturnType<typeof createAutomation>['starting'];
