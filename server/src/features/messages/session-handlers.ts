import { storedChat } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { tellOfPeople } from '../contacts/index.ts';
import { learnChats, learnSamePeople } from '../conversations/index.ts';
import type { SessionHandlers } from '../profiles/index.ts';
import { adopt } from './adopt.store.ts';
import type { Changes } from './changes/changes.ts';
import type { DeedStore } from './deeds/deeds.store.ts';
import { outgoingChange } from './deeds/outgoing-change.ts';
import type { DeedSender } from './deeds/send-deeds.ts';
import type { Fetcher } from './files/fetcher.ts';
import type { PastStored } from './history/past.ts';
import type { Inbound } from './inbound.ts';
import { kindOf } from './kinds/kinds.ts';
import type { MessageStore } from './messages.store.ts';
import type { Outbox } from './outbox/outbox.ts';
import { outgoingOf } from './outbox/outgoing.ts';
import type { ReadReceipts } from './read-receipts.ts';
import type { Receipts } from './receipts.ts';

/** What messages do about everything that the connection of a profile says and asks. */
export function createSessionHandlers(deps: {
  db: Db;
  clock: Clock;
  events: EventRecorder;
  store: MessageStore;
  outbox: Outbox;
  inbound: Inbound;
  past: PastStored;
  receipts: Receipts;
  readReceipts: ReadReceipts;
  changes: Changes;
  fetcher: Fetcher;
  deeds: Pick<DeedStore, 'byWhatsAppId'>;
  deedSender: DeedSender;
}): Omit<SessionHandlers, 'groupsTold' | 'stateTold' | 'presences'> {
  const { db, clock, events, store, outbox, changes } = deps;
  const tell = tellOfPeople(events);
  async function recallDeed(profileId: string, id: string) {
    const deed = await deps.deeds.byWhatsAppId(profileId, id);
    const change = deed && outgoingChange(deed);
    return change ? { chat: storedChat(deed.chat), message: change } : null;
  }

  return {
    connected(live) {
      outbox.connected(live);
      deps.readReceipts.run(live);
      changes.settle(live);
      deps.fetcher.connected(live);
      deps.deedSender.run(live);
    },
    settled: (profileId) => outbox.settled(profileId),
    received: deps.inbound.received,
    past: deps.past.told,
    receipts: deps.receipts.receipts,
    chatsTold: (live, facts) => inTransaction(db, (tx) => learnChats(tx, live.profileId, facts, clock.now())),
    async samePerson(live, pairs) {
      const whose = { organizationId: live.organizationId, profileId: live.profileId };
      await learnSamePeople(db, { clock, events, adopt, tell }, whose, pairs);
      // What was done under one address may have waited for a message under the other.
      changes.settleSoon(live);
    },
    async recall(live, id) {
      const message = await store.sentBy(live.profileId, id);
      if (!message) return recallDeed(live.profileId, id);
      if (message.revoked_at || !kindOf(message.type)?.sending) return null;
      return { chat: storedChat(message.chat), message: outgoingOf(message) };
    },
  };
}
