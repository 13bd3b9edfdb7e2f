import type { StateChange } from '../../engines/port.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import type { Log } from '../../platform/log.ts';
import type { Live } from '../profiles/index.ts';
import { createConversationBulk } from './bulk/bulk.kind.ts';
import * as events from './conversations.events.ts';
import { conversationKeeps } from './conversations.keeps.ts';
import { conversationRoutes } from './conversations.routes.ts';
import { type ConversationServiceDeps, createConversationService } from './conversations.service.ts';
import { createConversationStore } from './conversations.store.ts';
import { createAssign } from './inbox/assign.ts';
import { inboxRoutes, labelRoutes } from './inbox/inbox.routes.ts';
import { createInbox } from './inbox/inbox.service.ts';
import { createLabels } from './inbox/labels.service.ts';
import { createLabelStore } from './inbox/labels.store.ts';
import { createNoteAbout } from './inbox/note-about.ts';
import { createNoteStore } from './inbox/notes.store.ts';
import { type ClearingDeps, clearConversation, createClearing } from './states/clearing.ts';
import { createStateSender } from './states/send-states.ts';
import { createSetStates, type SetStateDeps } from './states/set-states.ts';
import { stateRoutes } from './states/states.routes.ts';
import { createStateTold, type StateDeps } from './states/told.ts';
import { createTime, endRestAndSilence } from './time.ts';
import { createTotalsStore } from './totals.store.ts';

export {
  chatReachedBy,
  confirmAddress,
  type Destination,
  destinationOf,
  leaveUnreached,
  lockForLeaving,
  moveToAddress,
} from './address.store.ts';
export { learnChats, learnExpiration, learnNames } from './chat-facts.store.ts';
export { followContacts } from './contact-names.store.ts';
export { conversationJson } from './conversation-json.sql.ts';
export { type ConversationView, presentConversation } from './conversations.present.ts';
export { ConversationMessagesQuery } from './conversations.schema.ts';
export { conversationsById, knowsConversation } from './conversations.store.ts';
export { conversationOfChat, countRead, countRemoved, lockConversation } from './counts.store.ts';
export type { AssignTo } from './inbox/assign.ts';
export type { NoteAbout } from './inbox/note-about.ts';
export { conversationsOfChats } from './known-chats.store.ts';
export { lockInOrder, unassign } from './lock-order.store.ts';
export { conversationNames } from './names.sql.ts';
export { type FirstMessages, opensConversations } from './newcomers.sql.ts';
export {
  type ConversationRow,
  handOver,
  learnSamePerson,
  mergePeople,
  resolveConversation,
} from './resolve.store.ts';
export { learnSamePeople } from './same-people.store.ts';
export { keepOwn } from './states/chat-states.store.ts';

export interface ConversationsDeps
  extends Pick<ConversationServiceDeps, 'messages' | 'presentMessage' | 'linksOf' | 'contactSeen'>,
    Pick<SetStateDeps, 'markRead'>,
    Pick<StateDeps, 'readElsewhere'>,
    Pick<ClearingDeps, 'forget'> {
  db: Db;
  clock: Clock;
  log: Log;
  events: EventRecorder;
  audit: AuditLog;
  jobs: JobQueue;
  /** The connection of a profile when this node has it. */
  live(profileId: string): Live | undefined;
  /** Tells the owning node that there is something to tell a phone. */
  tellOwner(profileId: string): void;
}

/** Conversations: listing, reading, what is set for them here and on phones, and what an inbox needs. */
export function createConversations(deps: ConversationsDeps) {
  const { db, clock } = deps;
  const store = createConversationStore(db);
  const service = createConversationService({ ...deps, store, totals: createTotalsStore(db) });
  const clearing = createClearing(deps);
  const sender = createStateSender(deps);
  const stateTold = createStateTold({ ...deps, clearing });

  /** Looks at what is to be told through the connection that this node has; false when it has none. */
  function toldHere(profileId: string): boolean {
    const live = deps.live(profileId);
    if (live) sender.run(live);
    return live !== undefined;
  }

  const poke = (profileId: string) => void (toldHere(profileId) || deps.tellOwner(profileId));
  const labels = createLabelStore(db);
  const { assign, assignTo } = createAssign(deps);
  const notes = createNoteStore(db);
  /** What is done by hand, in transactions of its own or in that of the caller. */
  const handsOn = (of: Db | Tx) => {
    const states = createSetStates({ ...deps, db: of, store, clearing, poke });
    return { states, inbox: createInbox({ ...deps, db: of, store, states, assign, labels, notes }) };
  };
  const { states, inbox } = handsOn(db);
  const time = createTime(deps);

  const feature: Feature = {
    name: 'conversations',
    routes(app) {
      conversationRoutes(app, service);
      stateRoutes(app, states, clock);
      inboxRoutes(app, inbox, clock);
      labelRoutes(app, createLabels({ ...deps, store: labels }));
    },
    events: [
      events.conversationUpdated,
      events.conversationsChanged,
      events.conversationAssigned,
      events.conversationCleared,
      events.conversationDeleted,
      events.noteCreated,
      events.noteUpdated,
      events.noteDeleted,
    ],
    readers: [time.reader],
    jobs: [clearConversation.runs(clearing.goOn), endRestAndSilence.runs(time.end)],
    keeps: conversationKeeps,
  };
  return {
    feature,
    here: toldHere,
    /** What can be done to many of them. */
    bulk: createConversationBulk({ clock, store, labels, handsOn }),
    /** Something was set that is to be told the phone; also by other features. */
    poke,
    /** For other features; see {@link AssignTo}. */
    assignTo,
    /** See {@link NoteAbout}. */
    noteAbout: createNoteAbout({ ...deps, notes }),
    /** One of the tenancy. */
    find: store.find,
    /** Deletes a conversation with its messages. @throws Failure CONVERSATION_NOT_FOUND */
    remove: states.remove,
    connected: (live: Live) => sender.run(live),
    /** Stores what other devices of an account have set, in the transaction of the caller. */
    told: (tx: Tx, live: Live, changes: readonly StateChange[]) =>
      stateTold.told(tx, { organizationId: live.organizationId, profileId: live.profileId }, changes),
  };
}
