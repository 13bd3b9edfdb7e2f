import type { Engine, EngineName } from '../../engines/port.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import type { ChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { EventLog } from '../../platform/events/reader.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import type { Tracing } from '../../platform/tracing/tracing.ts';
import { type Addresses, tellOfPeople, type Whose } from '../contacts/index.ts';
import { mergePeople } from '../conversations/index.ts';
import type { Media } from '../media/index.ts';
import type { Live, Pauses } from '../profiles/index.ts';
import { createAccept } from './accept.ts';
import { actRoutes } from './acts.routes.ts';
import { adopt } from './adopt.store.ts';
import { createCampaignSends } from './campaign-sends.ts';
import { createCancelling } from './cancelling.ts';
import * as changeEvents from './changes/changes.events.ts';
import { createChangeStore } from './changes/changes.store.ts';
import { createChanges } from './changes/changes.ts';
import { createClearMessages } from './clearing.ts';
import * as deedEvents from './deeds/deeds.events.ts';
import { createOwnDeeds } from './deeds/own-deeds.ts';
import { createExpiry } from './expire.ts';
import { messageMedia } from './files/files.events.ts';
import { createFiles } from './files/files.ts';
import { linked } from './files/with-links.ts';
import type { Gate } from './gate.ts';
import { createGroups } from './groups.ts';
import { createBefore } from './history/before.ts';
import { createInbound } from './inbound.ts';
import type { Content } from './kinds/kind.ts';
import { type BodyCheck, createIgnoredIn, createReadSend, type IgnoredFields } from './kinds/read-send.ts';
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
import { createQueues } from './outbox/queues.ts';
import { createPreviews } from './previews/previews.ts';
import { queueRoutes } from './queue/queue.routes.ts';
import { createQueue } from './queue/queue.ts';
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
import type { StatusUpdates } from './status-updates.ts';
import { tellWaiters } from './tell-waiters.ts';
import { starRoutes } from './told/star.routes.ts';
import { createStar } from './told/star.ts';
import { createMessagesTold } from './told/told.ts';
import { createTyping } from './typing.ts';
import { createWaiting } from './waiting.ts';

export { adopt } from './adopt.store.ts';
export { createRunner, failed, type Outcome } from './deeds/runner.ts';
export { createFetch } from './files/fetch-files.ts';
export { createFetcher } from './files/fetcher.ts';
export type { DueFile, ShownFile } from './files/files.store.ts';
export { sealedFor } from './files/keep-files.ts';
export { fileFields } from './kinds/file-sending.ts';
export { kindNames, wordsOf } from './kinds/kinds.ts';
export { sendableTypes, typesWithFile } from './kinds/read-send.ts';
export { clientReference } from './kinds/send-body.ts';
export {
  messageCancelled,
  messageDeleted,
  messageDelivered,
  messageFailed,
  messageRead,
  messageSent,
} from './messages.events.ts';
export { Message } from './messages.schema.ts';
export { originOf } from './origin.ts';
export { tooLate } from './outbox/outbox.store.ts';
export { outgoingOf } from './outbox/outgoing.ts';
export { passingFailures } from './requeue.store.ts';

export interface MessagesDeps {
  db: Db;
  clock: Clock;
  log: Log;
  events: EventRecorder;
  engines: Record<EngineName, Engine>;
  idempotency: Pick<Idempotency, 'begin' | 'recall' | 'finish' | 'once'>;
  eventLog: Pick<EventLog, 'tail'>;
  defaultCountry: string;
  validitySeconds: number;
  statuses: StatusUpdates;
  /** The connection of a profile when this node has it. */
  live(profileId: string): Live | undefined;
  pauses: Pauses;
  media: Pick<
    Media,
    'take' | 'fit' | 'store' | 'refer' | 'release' | 'bytesMax' | 'linksOf' | 'bodyBytesMax'
  >;
  /** The others in a group, as far as it is known; undefined when the profile is not in it. */
  membersOf(db: Db | Tx, profileId: string, chat: ChatId): Promise<ChatId[] | undefined>;
  vault: Vault;
  outbound: Outbound;
  tracing: Tracing;
  /** Checks what is sent by other ways than the routes of its kind. */
  bodyCheck: BodyCheck;
  ignoredFields: IgnoredFields;
  /** Messages of the past were stored, in this transaction; no event tells of them. */
  pastStored(tx: Tx, organizationId: string, ids: readonly string[]): Promise<void>;
  /** Of these, events tell after all: they were news. */
  pastTold(tx: Tx, organizationId: string, ids: readonly string[]): Promise<void>;
  /** There is something set for chats that is to be told the phone. */
  pokeStates(profileId: string): void;
  /** The sending policy, for profiles that want it before single messages, too. */
  gate: Gate;
  /** Tells the owning node that there is something to send, or to tell. */
  tellOwner(what: 'outbox' | 'receipts' | 'deeds' | 'typing' | 'asked', profileId: string): void;
}

/** Messages: accepting, sending, receiving, reading. */
export function createMessages(deps: MessagesDeps) {
  const { db, clock, log, tellOwner } = deps;
  const store = createMessageStore(db);
  const waiting = createWaiting();
  const senders = createSenders(db);
  const markRead = createMarkRead({ ...deps, store, senders, poke: (profileId) => pokeReceipts(profileId) });
  const groups = createGroups({ db, clock, log });
  const service = createMessageService({ db, clock, store, linksOf: deps.media.linksOf });
  const changes = createChanges({ ...deps, store: createChangeStore(clock) });
  const files = createFiles(deps);
  const before = createBefore({ ...deps, ...files, store, service, changes, files: files.store });

  const queues = createQueues({ ...deps, groups, waiting });
  const { outbox, poke, due } = queues;
  const accept = createAccept({
    ...{ ...deps, waiting, senders, poke, due, outgoingFiles: files.outgoing },
    quick: createQuickAccept({ db, log, events: deps.events, outbox, poke }),
    quotes: createQuotes({ store, statuses: deps.statuses }),
    previews: createPreviews(deps),
  });

  const readReceipts = createReadReceipts({ db, log });
  const receiptsHere = (profileId: string) => {
    const live = deps.live(profileId);
    if (live) readReceipts.run(live);
    return live !== undefined;
  };
  const pokeReceipts = (profileId: string) => receiptsHere(profileId) || tellOwner('receipts', profileId);
  const typing = createTyping({ ...deps, senders, tellOwner: (words) => tellOwner('typing', words) });
  const desk = {
    sendFrom: createSendFrom({ db, store, senders, accept }),
    cancelling: createCancelling({ ...deps, store, waiting }),
    removing: createRemoving({ ...deps, store }),
    markRead,
    typing,
  };
  const told = createMessagesTold({ ...deps, changes, removing: desk.removing });
  const { cancelling } = desk;
  const deeds = createOwnDeeds({ ...deps, messages: store, senders, waiting, changes, cancelling });

  const decided = waiting.decided;
  const handlers = createSessionHandlers({
    ...{ db, clock, store, outbox, readReceipts, changes, events: deps.events },
    inbound: createInbound({ ...deps, store, groups, changes, files: files.arrived }),
    receipts: createReceipts({ db, clock, events: deps.events, alone: queues.alone, markRead, decided }),
    ...{ past: before.past, fetcher: files.fetcher, deeds: deeds.store, deedSender: deeds.sender },
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
      await Promise.all([outbox.stop(), files.fetcher.stop()]);
    },
    routes(app) {
      sendRoutes(app, accept, deps.media);
      deeds.routes(app);
      actRoutes(app, desk);
      starRoutes(app, createStar({ ...deps, store, changes }));
      memberReceiptRoutes(app, createMemberReceipts({ db, store }));
      messageRoutes(app, service);
      queueRoutes(app, createQueue({ db, clock, service }));
      before.routes(app);
    },
    events: [events, changeEvents, deedEvents, { messageMedia }].flatMap((all) => Object.values(all)),
    figures: [
      {
        name: 'multiwa_messages_waiting',
        help: 'Messages that are queued or being sent.',
        read: async () => [{ value: await queues.store.countWaiting() }],
      },
    ],
    keeps: messageKeeps,
    jobs: [
      expireMessages.runs(createExpiry({ store: queues.store, decided })),
      forgetOldMessages.runs(createRetention({ ...deps, messages: store, store: createRetentionStore(db) })),
    ],
  };

  return {
    feature,
    handlers,
    /** Looks at what waits for a profile that is connected here; the first three answer false when it is not. */
    here: {
      ...{ outbox: queues.here, receipts: receiptsHere, deeds: deeds.here },
      ...{ typing: typing.heard, asked: before.asked },
    },
    ofConversation: service.ofConversation,
    byIds: service.byIds,
    presentStored,
    /** The newest messages of a conversation of the tenancy, newest first. */
    latest: async (tenancy: Tenancy, conversationId: string, limit: number) =>
      (await store.list(tenancy, { conversationId }, { limit })) ?? [],
    /** A message of the tenancy, by either id. */
    find: store.find,
    /** Marks all of a conversation as read, in the transaction of the caller. */
    markRead: markRead.all,
    /** The same up to a moment, of what was read on another device of the account. */
    readElsewhere: markRead.upTo,
    /** Stars and deletions of other devices of an account, in the transaction of what else they have set. */
    told: told.told,
    /** Two contacts are one person, somebody here says; see {@link mergePeople}. */
    mergePeople: (tx: Tx, whose: Whose, person: Addresses) =>
      mergePeople(tx, { clock, adopt, tell: tellOfPeople(deps.events) }, whose, person),
    /** Empties a conversation, in the transaction of the caller. */
    forget: createClearMessages({ ...deps, store }),
    /** Shows in a chat that somebody types. @throws Failure PROFILE_NOT_CONNECTED */
    showTyping: typing.show,
    /** Sends for other features; see {@link Accept.deliver}. */
    deliver: accept.deliver,
    /** Before they send later; see {@link Accept.prepare}. */
    prepare: accept.prepare,
    /** What is sent to no chat; see {@link Accept.say}. */
    say: accept.say,
    /** Of many messages of one campaign; see {@link createCampaignSends}. */
    campaigns: createCampaignSends({ ...deps, poke, due }),
    /** Takes a message back from everybody, or out of the queue, for other features; see {@link DeedDesk.takeBack}. */
    takeBack: deeds.takeBack,
    /** Reacts to a message, for other features; see {@link DeedDesk.reactIn}. */
    react: deeds.react,
    /** A profile that is to send. @throws Failure PROFILE_NOT_FOUND */
    senderOf: (tenancy: Tenancy, profileId: string, tx?: Tx) => senders.get(tenancy, profileId, tx),
    /** Reads what somebody wants to be sent later. */
    readSend: createReadSend(deps.bodyCheck),
    /** Which fields of that do nothing. */
    ignoredIn: createIgnoredIn(deps.ignoredFields),
    /** Keeps the file of what was prepared, under the kind of whatever will send it. */
    referFile: files.outgoing.refer,
    /** What was prepared, as clients see it. */
    presentContent: (content: Content) => linked(shown(content), deps.media.linksOf),
  };
}

export type Messages = ReturnType<typeof createMessages>;
