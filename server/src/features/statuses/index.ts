import type { Engine, EngineMessageId, EngineName, Receipt } from '../../engines/port.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import type { Media } from '../media/index.ts';
import { createFetch, createFetcher, type Messages } from '../messages/index.ts';
import type { Live, SessionHandlers } from '../profiles/index.ts';
import { createArrivals } from './arrivals.ts';
import { createForgetFiles, forgetStatusFiles } from './files/forget-files.ts';
import { createKeepFiles } from './files/keep-status-files.ts';
import { createStatusFileStore, type StatusFileDue } from './files/status-files.store.ts';
import { createPosting } from './posts/posting.ts';
import { postRoutes } from './posts/posts.routes.ts';
import { createPostStore } from './posts/posts.store.ts';
import { createPostSender } from './posts/send-posts.ts';
import * as events from './statuses.events.ts';
import { statusKeeps } from './statuses.keeps.ts';
import { statusRoutes } from './statuses.routes.ts';
import { presentStatus } from './statuses.schema.ts';
import { createStatusStore, type StatusRow } from './statuses.store.ts';
import { createViews } from './views/views.ts';

type Told = Pick<SessionHandlers, 'connected' | 'receipts' | 'recall'>;

/** What messages hand on and ask for: status updates come by the same way and are none. */
export function createStatusUpdates(deps: {
  db: Db;
  clock: Clock;
  vault: Vault;
  events: EventRecorder;
  media: Pick<Media, 'release'>;
  /** Whether profiles that say nothing about it drop them. */
  dropsByItself: boolean;
  /** Files of status updates may be fetched. */
  came(profileId: string): void;
}) {
  const store = createStatusStore(deps.db);
  const keepFiles = createKeepFiles({ ...deps, store: createStatusFileStore(deps.db) });
  const release: Parameters<typeof createArrivals>[0]['release'] = (tx, ids) =>
    deps.media.release(tx, 'status', ids);
  return { take: createArrivals({ ...deps, store, keepFiles, release }), find: store.find };
}

/** Status updates (stories): posts for everybody, which are no messages and have a place of their own. */
export function createStatuses(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  events: EventRecorder;
  engines: Record<EngineName, Engine>;
  idempotency: Pick<Idempotency, 'once' | 'recall'>;
  media: Pick<Media, 'release' | 'store' | 'refer' | 'bytesMax' | 'linksOf' | 'bodyBytesMax'>;
  messages: Pick<Messages, 'readSend' | 'say' | 'senderOf' | 'referFile' | 'presentContent'>;
  validitySeconds: number;
  /** How long the files of status updates are kept; 0: for ever. */
  mediaDays: number;
  /** The connection of a profile when this node has it. */
  live(profileId: string): Live | undefined;
  /** Tells the owning node that there is something to post. */
  tellOwner(what: 'statuses', profileId: string): void;
}) {
  const { db, clock, messages, media } = deps;
  const store = createStatusStore(db);
  const posts = createPostStore(db, clock);
  const present = (row: StatusRow) => {
    const view = presentStatus(row);
    return { ...view, content: messages.presentContent(view.content) };
  };
  const views = createViews({ ...deps, store });
  const sender = createPostSender({ ...deps, store, posts, present });
  const files = createStatusFileStore(db);
  const fetch = createFetch<StatusFileDue>({
    ...{ ...deps, store: files, kind: 'status' },
    told: ({ profileId }, due, shown) => ({
      definition: events.statusMedia,
      ...{ organizationId: due.organization_id, profileId },
      body: {
        ...{ profileId, statusId: due.message_id, waMessageId: due.wa_message_id, from: due.author },
        ...{ type: due.type, media: messages.presentContent({ media: shown }).media },
        timestamp: clock.now().toISOString(),
      },
    }),
  });
  const fetcher = createFetcher({ ...deps, store: files, fetch });

  /** Looks at what is to be posted for a profile that is connected here; false when it is not. */
  function here(profileId: string): boolean {
    const live = deps.live(profileId);
    if (live) sender.run(live);
    return live !== undefined;
  }
  const poke = (profileId: string) => here(profileId) || deps.tellOwner('statuses', profileId);
  const posting = createPosting({ ...deps, store, posts, present, poke });

  const feature: Feature = {
    name: 'statuses',
    routes(app) {
      statusRoutes(app, { db, store, views, present });
      postRoutes(app, posting, media);
    },
    events: Object.values(events),
    keeps: statusKeeps,
    jobs: [forgetStatusFiles.runs(createForgetFiles({ ...deps, days: deps.mediaDays, store: files }))],
    stop: () => fetcher.stop(),
  };
  return {
    feature,
    here,
    /** Files of status updates may be fetched. */
    came: fetcher.poke,
    /** What connections say and ask, with what of that is about status updates. */
    beside: <Handlers extends Told>(handlers: Handlers): Handlers => ({
      ...handlers,
      connected(live: Live) {
        handlers.connected(live);
        fetcher.connected(live);
        sender.run(live);
      },
      async receipts(live: Live, receipts: Receipt[]) {
        await views.heard(live, receipts);
        await handlers.receipts(live, receipts);
      },
      recall: async (live: Live, id: EngineMessageId) =>
        (await handlers.recall(live, id)) ?? (await sender.recall(live.profileId, id)),
    }),
  };
}
