import type { Engine, EngineName } from '../../engines/port.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import type { Clock } from '../../platform/clock.ts';
import { createWakeAt } from '../../platform/concurrency/wake-at.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventLog } from '../../platform/events/reader.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { Media } from '../media/index.ts';
import type { Live, Pauses } from '../profiles/index.ts';
import type { Statuses } from '../statuses/index.ts';
import { createAccept } from './accept.ts';
import { actRoutes } from './acts.routes.ts';
import { createCancelling } from './cancelling.ts';
import * as changeEvents from './changes/changes.events.ts';
import { createChangeStore } from './changes/changes.store.ts';
import { createChanges } from './changes/changes.ts';
import { createClearMessages } from './clearing.ts';
import * as deedEvents from './deeds/deeds.events.ts';
import { deedRoutes } from './deeds/deeds.routes.ts';
import { createDeedStore } from './deeds/deeds.store.ts';
import { createDeeds } from './deeds/deeds.ts';
import { createDeedDesk } from './deeds/desk.ts';
import { createDeedSender } from './deeds/send-deeds.ts';
import { createExpiry } from './expire.ts';
import { createFetch } from './files/fetch-files.ts';
import { createFetcher } from './files/fetcher.ts';
import { messageMedia } from './files/files.events.ts';
import { createFileStore } from './files/files.store.ts';
import { createArrivedFiles } from './files/keep-files.ts';
import { createOutgoingFiles } from './files/outgoing-files.ts';
import { linked } from './files/with-links.ts';
import { createGroups } from './groups.ts';
import { createAskForFile } from './history/ask-for-file.ts';
import { historyRoutes } from './history/history.routes.ts';
import { createLoadOlder } from './history/load-older.ts';
import { createPast } from './history/past.ts';
import { createInbound } from './inbound.ts';
import type { Content } from './kinds/kind.ts';
import { type BodyCheck, createReadSend } from './kinds/read-send.ts';
import { createMarkRead } from './mark-read.ts';
import { memberReceiptRoutes } from './member-receipts/member-receipts.routes.ts';
import { createMemberReceipts } from './member-receipts/member-receipts.ts';
import * as events from './messages.events.ts';
import { expireMessages, forgetOldMessages } from './messages.jobs.ts';
import { messageKeeps } from './messages.keeps.ts';
import { presentStored, shown } from './messages.present.ts';
import { messageRoutes } from './messages.routes.ts';
import { createMessageService } from './messages.service.ts';
import { createMessageStore } from './messages.store.ts';
import { createOutboxStore } from './outbox/outbox.store.ts';
import { createOutbox } from './outbox/outbox.ts';
import { createAlone } from './outbox/progress.ts';
import { createRecipients } from './outbox/recipients.ts';
import { createSettler } from './outbox/settle.ts';
import { createPreviews } from './previews/previews.ts';
import { createQuickAccept } from './quick-accept.ts';
import { createQuotes } from './quotes.ts';
import { createReadReceipts } from './read-receipts.ts';
import { createReceipts } from './receipts.ts';
import { createRemoving } from './removing.ts';
import { createRetentionStore } from './retention.store.ts';
import { createRetention } from './retention.ts';
import { sendRoutes } from './send.routes.ts';
import { createSendFrom } from './send-from.ts';
import { createSenders } from './senders.ts';
import { createSessionHandlers } from './session-handlers.ts';
import { tellWaiters } from './tell-waiters.ts';
import { createTyping } from './typing.ts';
import { createWaiting } from './waiting.ts';

export { adopt } from './adopt.store.ts';
export { sendableTypes, typesWithFile } from './kinds/read-send.ts';
export { messageCancelled, messageDeleted, messageFailed, messageSent } from './messages.events.ts';
export { originOf } from './origin.ts';
export { tooLate } from './outbox/outbox.store.ts';

export interface MessagesDeps {
  db: Db;
  clock: Clock;
  log: Log;
  events: EventRecorder;
  engines: Record<EngineName, Engine>;
  idempotency: Pick<Idempotency, 'begin' | 'finish' | 'once'>;
  eventLog: Pick<EventLog, 'tail'>;
  defaultCountry: string;
  validitySeconds: number;
  statuses: Pick<Statuses, 'take' | 'find'>;
  /** The connection of a profile when this node has it. */
  live(profileId: string): Live | undefined;
  pauses: Pauses;
  media: Pick<
    Media,
    'take' | 'fit' | 'store' | 'refer' | 'release' | 'bytesMax' | 'linksOf' | 'bodyBytesMax'
  >;
  vault: Vault;
  outbound: Outbound;
  /** Checks what is sent by other ways than the routes of its kind. */
  bodyCheck: BodyCheck;
  /** Tells the owning node that there is something to send, or to tell. */
  tellOwner(what: 'outbox' | 'receipts' | 'deeds' | 'typing' | 'asked', profileId: string): void;
}

/** Messages: accepting, sending, receiving, reading. */
export function createMessages(deps: MessagesDeps) {
  const { db, clock, log } = deps;
  const store = createMessageStore(db);
  const outboxStore = createOutboxStore(db, clock, deps.events);
  const waiting = createWaiting();
  const alone = createAlone();
  const settler = createSettler({ store: outboxStore, alone, decided: waiting.decided });
  const groups = createGroups({ db, clock, log });
  const recipients = createRecipients({ db, clock, store: outboxStore });
  const outbox = createOutbox({ ...deps, store: outboxStore, settler, groups, recipients });
  const changes = createChanges({ ...deps, store: createChangeStore(clock) });
  const fileStore = createFileStore(db);
  const fetch = createFetch({ ...deps, store: fileStore });
  const fetcher = createFetcher({ clock, log, store: fileStore, fetch });
  const files = createArrivedFiles({ ...deps, store: fileStore, came: fetcher.poke });
  const inbound = createInbound({ ...deps, store, groups, changes, files });
  const senders = createSenders(db);
  const markRead = createMarkRead({ ...deps, store, senders, poke: (profileId) => pokeReceipts(profileId) });
  const receipts = createReceipts({
    ...{ db, clock, events: deps.events, alone, markRead },
    decided: waiting.decided,
  });
  const readReceipts = createReadReceipts({ db, log });
  const service = createMessageService({ db, clock, store, linksOf: deps.media.linksOf });
  const older = createLoadOlder({ ...deps, service, tellOwner: (words) => deps.tellOwner('asked', words) });
  const past = createPast({ ...deps, store, changes, files: fileStore, answered: older.answered });
  const deedStore = createDeedStore(db, clock);
  const deedSender = createDeedSender({
    ...{ db, clock, log, store: deedStore, changes, events: deps.events },
    decided: waiting.wake,
  });

  /** Looks at what is queued for a profile that is connected here; false when it is not. */
  const here = {
    outbox(profileId: string): boolean {
      outbox.poke(profileId);
      return deps.live(profileId) !== undefined;
    },
    receipts(profileId: string): boolean {
      const live = deps.live(profileId);
      if (live) readReceipts.run(live);
      return live !== undefined;
    },
    deeds(profileId: string): boolean {
      const live = deps.live(profileId);
      if (live) deedSender.run(live);
      return live !== undefined;
    },
    typing: (words: string) => typing.heard(words),
    /** A file of a profile is wanted, or older messages of a chat. */
    asked(words: string): void {
      const [profileId = '', conversationId, count] = words.split(':');
      if (conversationId) older.heard(profileId, conversationId, Number(count));
      else fetcher.poke(profileId);
    },
  };
  const poke = (profileId: string) => here.outbox(profileId) || deps.tellOwner('outbox', profileId);

  const due = createWakeAt({
    clock,
    async look() {
      const { profileIds, next } = await outboxStore.release();
      profileIds.forEach(poke);
      return next;
    },
    failed: (err) => log.warn({ err }, 'messages that are due could not be looked for; trying again'),
  });

  const outgoingFiles = createOutgoingFiles(deps);
  const previews = createPreviews(deps);
  const typing = createTyping({
    ...{ ...deps, senders },
    tellOwner: (words) => deps.tellOwner('typing', words),
  });
  const pokeReceipts = (profileId: string) =>
    here.receipts(profileId) || deps.tellOwner('receipts', profileId);
  const quick = createQuickAccept({ db, log, events: deps.events, outbox, poke });
  const quotes = createQuotes({ store, statuses: deps.statuses });
  const accept = createAccept({
    ...deps,
    quotes,
    waiting,
    senders,
    quick,
    poke,
    due,
    outgoingFiles,
    previews,
  });

  const desk = {
    sendFrom: createSendFrom({ db, store, senders, accept }),
    cancelling: createCancelling({ ...deps, store, waiting }),
    removing: createRemoving({ ...deps, store }),
    markRead,
    typing,
  };
  const deeds = createDeeds({
    ...{ ...deps, store: deedStore, messages: store, senders, waiting },
    poke: (profileId) => here.deeds(profileId) || deps.tellOwner('deeds', profileId),
  });
  const askForFile = createAskForFile({
    ...{ clock, service, files: fileStore },
    poke: (profileId) =>
      deps.live(profileId) ? fetcher.poke(profileId) : deps.tellOwner('asked', profileId),
  });
  const deedDesk = createDeedDesk({ ...deps, deeds, senders, cancelling: desk.cancelling });

  const handlers = createSessionHandlers({
    db,
    clock,
    store,
    outbox,
    inbound,
    past,
    receipts,
    readReceipts,
    changes,
    fetcher,
    deeds: deedStore,
    deedSender,
  });
  let stopTail: (() => Promise<void>) | undefined;

  const feature: Feature = {
    name: 'messages',
    async start() {
      due.start();
      stopTail = tellWaiters({ events: deps.eventLog, waiting, store });
    },
    drain: () => waiting.end(),
    async stop() {
      typing.stop();
      await due.stop();
      await stopTail?.();
      await Promise.all([outbox.stop(), fetcher.stop()]);
    },
    routes(app) {
      sendRoutes(app, accept, deps.media);
      deedRoutes(app, deedDesk);
      actRoutes(app, desk);
      memberReceiptRoutes(app, createMemberReceipts({ db, store }));
      messageRoutes(app, service);
      historyRoutes(app, { older, files: askForFile });
    },
    events: [events, changeEvents, deedEvents, { messageMedia }].flatMap((all) => Object.values(all)),
    figures: [
      {
        name: 'multiwa_messages_waiting',
        help: 'Messages that are queued or being sent.',
        read: async () => [{ value: await outboxStore.countWaiting() }],
      },
    ],
    keeps: messageKeeps,
    jobs: [
      expireMessages.runs(createExpiry({ store: outboxStore, decided: waiting.decided })),
      forgetOldMessages.runs(createRetention({ ...deps, messages: store, store: createRetentionStore(db) })),
    ],
  };

  return {
    feature,
    handlers,
    here,
    ofConversation: service.ofConversation,
    presentStored,
    /** Marks all of a conversation as read, in the transaction of the caller. */
    markRead: markRead.all,
    /** The same up to a moment, of what was read on another device of the account. */
    readElsewhere: markRead.upTo,
    /** Empties a conversation, in the transaction of the caller. */
    forget: createClearMessages({ ...deps, store }),
    /** Sends for other features; see {@link Accept.deliver}. */
    deliver: accept.deliver,
    /** Before they send later; see {@link Accept.prepare}. */
    prepare: accept.prepare,
    /** Reads what somebody wants to be sent later. */
    readSend: createReadSend(deps.bodyCheck),
    /** Keeps the file of what was prepared, under the kind of whatever will send it. */
    referFile: outgoingFiles.refer,
    /** What was prepared, as clients see it. */
    presentContent: (content: Content) => linked(shown(content), deps.media.linksOf),
  };
}

export type Messages = ReturnType<typeof createMessages>;
