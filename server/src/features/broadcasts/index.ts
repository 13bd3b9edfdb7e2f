import type { Idempotency } from '../../http/idempotency.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import type { Log } from '../../platform/log.ts';
import { createRate } from '../../platform/rate.ts';
import type { Whose } from '../contacts/index.ts';
import type { Media } from '../media/index.ts';
import type { Messages } from '../messages/index.ts';
import type { Live } from '../profiles/index.ts';
import type { Outlook } from '../sending-policy/index.ts';
import type { Templates } from '../templates/index.ts';
import { broadcastEvents } from './broadcasts.events.ts';
import { broadcastKeeps } from './broadcasts.keeps.ts';
import { broadcastRoutes } from './broadcasts.routes.ts';
import { createBroadcastService } from './broadcasts.service.ts';
import { type BroadcastRow, createBroadcastStore } from './broadcasts.store.ts';
import { bulkRoutes } from './bulk/bulk.routes.ts';
import { createBulkService } from './bulk/bulk.service.ts';
import { createAnswers } from './count/answers.ts';
import { createCount } from './count/count.ts';
import { createDrafts } from './drafts.ts';
import { createEnding } from './ending.ts';
import { createFeeder } from './feed/feeder.ts';
import type { Judge } from './feed/judge.ts';
import { createScout } from './feed/scout.ts';
import { createTurn } from './feed/turn.ts';
import { createAudience } from './prepare/audience.ts';
import { prepareBroadcast } from './prepare/prepare.jobs.ts';
import { createPreparation } from './prepare/prepare.ts';
import { createUploads } from './prepare/uploads.ts';
import { createPreview } from './preview.ts';
import { createProgress } from './progress.ts';
import { createCounts } from './statistics.ts';
import { sweepBroadcast } from './sweep/sweep.jobs.ts';
import { createSweep } from './sweep/sweep.ts';
import { broadcastsWithTemplate } from './template-uses.store.ts';
import { createTransitions } from './transitions.ts';

/** Of one organisation: they read what is known of people. */
const previewsPerMinute = 30;

/** Campaigns: one message to many, and batches of many messages. */
export function createBroadcasts(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  audit: AuditLog;
  events: EventRecorder;
  jobs: JobQueue;
  idempotency: Pick<Idempotency, 'once' | 'recall'>;
  messages: Pick<
    Messages,
    'deliver' | 'campaigns' | 'readSend' | 'say' | 'referFile' | 'senderOf' | 'byIds' | 'presentContent'
  >;
  media: Pick<Media, 'release' | 'refer' | 'openMedia' | 'bodyBytesMax'>;
  templates: Pick<Templates, 'find' | 'used'>;
  defaultCountry: string;
  /** How long the recipients of an ended campaign are kept one by one. */
  keepDays: number;
  /** The sending policy; absent: everybody is sent it. */
  judge?: Judge;
  /** What it leaves of the days of a campaign. */
  outlook(tx: Tx, campaign: BroadcastRow, now: Date): Promise<Outlook | undefined>;
  /** Asks WhatsApp whether numbers are there, and keeps it. */
  checkNumbers(whose: Whose, phones: readonly string[]): Promise<void>;
  /** The connection of a profile when this node has it. */
  live(profileId: string): Live | undefined;
  /** Tells the owning node that there is something to feed. */
  tellOwner(profileId: string): void;
}) {
  const store = createBroadcastStore(deps.db);
  const progress = createProgress({ ...deps, store });
  const poke = (profileId: string) => feeder.poke(profileId);
  const ending = createEnding({ ...deps, store, progressed: progress.changed });
  const audience = createAudience({ ...deps, store });
  const uploads = createUploads(deps);
  const preparation = createPreparation({ ...deps, store, audience, uploads, ending, poke });
  const transitions = createTransitions({
    ...{ ...deps, store, ending, preparation, poke },
    at: (moment) => feeder.at(moment),
  });
  const judge: Judge = deps.judge ?? (async (_, __, judged) => judged.map(() => ({ is: 'send' })));
  const turn = createTurn({ ...deps, store, ending, judge, random: Math.random });
  const feeder = createFeeder({
    ...{ ...deps, store, turn, scout: createScout(deps) },
    ...{ begin: transitions.begin, stop: transitions.stop },
  });
  const rate = createRate(deps.clock, previewsPerMinute);
  const preview = createPreview({ ...deps, store, preparation, judge, rate });
  const drafts = createDrafts({ ...deps, store });
  const service = createBroadcastService({
    ...{ ...deps, store, transitions, preparation, preview, uploads, drafts },
  });
  const bulk = createBulkService({ ...deps, store, ending, transitions, poke });

  const sweep = createSweep({ ...deps, store });
  const feature: Feature = {
    name: 'broadcasts',
    purge: sweep.look,
    routes(app) {
      broadcastRoutes(app, service, deps.media);
      bulkRoutes(app, bulk, deps.media);
    },
    events: Object.values(broadcastEvents),
    jobs: [prepareBroadcast.runs(preparation.run), sweepBroadcast.runs(sweep.run)],
    readers: [
      createCount({ ...deps, store, ending, poke }),
      createAnswers({ store, progressed: progress.changed }),
    ],
    keeps: broadcastKeeps,
    async start() {
      feeder.start();
    },
    async stop() {
      progress.stop();
      await feeder.stop();
    },
  };
  return {
    feature,
    connected: feeder.connected,
    here: feeder.here,
    /** For templates. */
    withTemplate: broadcastsWithTemplate,
    /** For statistics. */
    counts: createCounts({ ...deps, store }),
  };
}
