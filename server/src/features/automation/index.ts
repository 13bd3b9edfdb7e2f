import type { Idempotency } from '../../http/idempotency.ts';
import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import { type Clock, dayMs, later } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../platform/events/define.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { Wishes } from '../consent/index.ts';
import type { ContactDeeds } from '../contacts/index.ts';
import type { AssignTo, ConversationRow, NoteAbout } from '../conversations/index.ts';
import type { Messages } from '../messages/index.ts';
import type { Templates } from '../templates/index.ts';
import type { Assistant } from './assistant.ts';
import * as events from './automation.events.ts';
import { purgeRuns } from './automation.jobs.ts';
import { automationKeeps } from './automation.keeps.ts';
import { automationRoutes, deskRoutes } from './automation.routes.ts';
import { createAutomationService } from './automation.service.ts';
import { createAutomationStore } from './automation.store.ts';
import { createChecks } from './checks.ts';
import { createCounts } from './counts.store.ts';
import { createDesk } from './desk.ts';
import { draftRoutes } from './drafts/drafts.routes.ts';
import { createDrafts } from './drafts/drafts.service.ts';
import { createDraftStore } from './drafts/drafts.store.ts';
import { createDryRun } from './dry-run.ts';
import { createBeside } from './run/beside.ts';
import { createCauseStore } from './run/causes.store.ts';
import { createChatStore } from './run/chats.store.ts';
import { createDueStore } from './run/dues.store.ts';
import { createDues } from './run/dues.ts';
import { createFollowTimes } from './run/follow-times.ts';
import { createGate } from './run/gate.ts';
import { createGiveTo } from './run/give-to.ts';
import { createHandOver } from './run/hand-over.ts';
import { createKnownSource } from './run/known.store.ts';
import { createKnown, type HookKind } from './run/known.ts';
import { createLook } from './run/look.ts';
import { createNoReply } from './run/no-reply.ts';
import { createOutside } from './run/outside.ts';
import { createPerform } from './run/perform.ts';
import { createResolve, type FindQuickReply } from './run/resolve.ts';
import { createRunner } from './run/runner.ts';
import { createRunStore } from './run/runs.store.ts';
import { createStage, type HookAct } from './run/scene.ts';
import { createScheduleFiring, type JudgeSchedule } from './run/schedule-firing.ts';
import { createShowTyping } from './run/show-typing.ts';
import { createSpeech } from './run/speech.ts';
import { createStartOther } from './run/start-other.ts';
import { createStarts } from './run/starts.ts';
import { sealPlainHeaders } from './sealed-headers.store.ts';
import { createStartFor } from './start-for.ts';
import { createStepHeaders } from './step-headers.ts';
import { automationsWithTemplate } from './template-uses.store.ts';

export type { AutomationChange } from './automation.columns.ts';
export { Automation } from './automation.schema.ts';
export type { AutomationService } from './automation.service.ts';
export { modes } from './match/text.ts';
export type { HookKind } from './run/known.ts';
export type { HookAct } from './run/scene.ts';

const runsKeptDays = 30;
const limitsKeptDays = 366;
const causesKeptDays = 2;
const batch = 1_000;

export interface AutomationDeps {
  db: Db;
  clock: Clock;
  vault: Vault;
  log: Log;
  audit: AuditLog;
  events: EventRecorder;
  outbound: Outbound;
  idempotency: Pick<Idempotency, 'once'>;
  defaultCountry: string;
  messages: Pick<Messages, 'deliver' | 'prepare' | 'react' | 'readSend' | 'senderOf' | 'showTyping'>;
  templates: Pick<Templates, 'find' | 'used'>;
  /** A quick reply of a profile. */
  quickReply: FindQuickReply;
  /** The policy of campaigns. */
  judge: JudgeSchedule;
  contacts: ContactDeeds;
  assign: AssignTo;
  noteAbout: NoteAbout;
  /** Who is written to no more, or again. */
  wishes: Wishes;
  /** A conversation of the tenancy. */
  conversation(actor: Actor, id: string): Promise<ConversationRow | undefined>;
  /** Whether a message says that its sender wants to be written to no more: automations leave it to others. */
  asksToStop(tx: Tx, event: RecordedEvent): Promise<boolean>;
  /** The reply hooks of a profile that are on, in the order they are asked. */
  hooksOf(profileId: string, from: Db | Tx | undefined): Promise<HookKind[]>;
  /** What one of them is asked. */
  ask: HookAct;
  /** The language model of the server's organisations. */
  assistant: Assistant;
}

/** Rules and flows: what starts them, what they do, and runs that survive a crash. */
export function createAutomation(deps: AutomationDeps) {
  const { db, clock } = deps;
  const store = createAutomationStore(db);
  const runs = createRunStore(db);
  const chats = createChatStore(db);
  const known = createKnown(createKnownSource(db), deps.hooksOf);
  const { readSend } = deps.messages;
  const { zoneOf } = store;
  const stepHeaders = createStepHeaders(deps.vault);
  const check = createChecks({ ...deps, store, readSend, stepHeaders });
  const dueStore = createDueStore(db);
  const causes = createCauseStore(db);
  const wakeAt = (moment: Date) => dues.wakeAt(moment);
  const followTimes = createFollowTimes({ clock, dues: dueStore, zoneOf, wakeAt });
  const service = createAutomationService({
    ...{ ...deps, store, runs, check, followTimes, changed: known.forget, stepHeaders },
  });
  const outside = createOutside({ ...deps, stepHeaders });
  const dryRun = createDryRun({ clock, store, service, check, outside, stepHeaders });
  const drafts = createDrafts({ ...deps, store, drafts: createDraftStore(db), service, check, stepHeaders });
  const handOver = createHandOver({ ...deps, chats, runs });
  const speech = createSpeech({ ...deps, chats });
  const stage = createStage({ clock, runs, chats, known, hookAct: deps.ask });
  const startOther = createStartOther({ clock, runs, zoneOf });
  const perform = createPerform({
    ...{ ...deps, handOver, speech, resolve: createResolve(deps), startOther, beside: createBeside(deps) },
    giveTo: createGiveTo({ ...deps, runs }),
  });
  const typing = createShowTyping(deps.messages);
  const runner = createRunner({
    ...{ ...deps, runs, causes, perform, stage, outside, showTyping: typing.show },
  });
  const { poke, begin } = runner;
  async function countryOf(
    { organizationId, profileId }: { organizationId: string; profileId: string },
    tx?: Tx,
  ) {
    const sender = await deps.messages.senderOf({ organizationId }, profileId, tx);
    return sender.defaultCountry ?? deps.defaultCountry;
  }
  const startFor = createStartFor({ ...{ clock, runs, chats, zoneOf, poke, countryOf } });
  const gate = createGate({ ...deps, runs, poke });
  const look = createLook({ clock, chats });
  const fire = createScheduleFiring({ clock, look, gate, judge: deps.judge, countryOf });
  const dues = createDues({ ...deps, known, dues: dueStore, look, gate, fire, poke });
  const noReply = createNoReply({ dues: dueStore, wakeAt });
  const desk = createDesk({ ...deps, service, runs, chats, handOver, startFor });

  async function purge(_: object, signal: AbortSignal): Promise<void> {
    const now = clock.now();
    const before = later(now, -runsKeptDays * dayMs);
    const limitsBefore = later(now, -limitsKeptDays * dayMs);
    while (!signal.aborted && (await runs.purge(before, limitsBefore, batch)) === batch);
    const causesBefore = later(now, -causesKeptDays * dayMs);
    while (!signal.aborted && (await causes.purge(causesBefore, batch)) === batch);
  }

  const feature: Feature = {
    name: 'automation',
    routes(app) {
      automationRoutes(app, service, dryRun);
      draftRoutes(app, drafts);
      deskRoutes(app, desk);
    },
    events: Object.values(events),
    readers: [createStarts({ ...deps, known, runs, chats, handOver, noReply, causes, gate, poke, begin })],
    jobs: [purgeRuns.runs(purge)],
    keeps: automationKeeps,
    async start() {
      await sealPlainHeaders(db, stepHeaders);
      runner.start();
      dues.start();
    },
    async stop() {
      typing.stop();
      await dues.stop();
      await runner.stop();
    },
  };
  /** For other features: an automation of the tenancy, and starting it. */
  const starting = { find: store.find, ...startFor };
  /** `counts`: for statistics. */
  return { feature, service, starting, counts: createCounts(db), withTemplate: automationsWithTemplate };
}

/** What starts automations for other features. */
export type Starting = ReturnType<typeof createAutomation>['starting'];
