import type { ChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { contactOptedIn, contactOptedOut, eventOf } from './consent.events.ts';
import { type Identities, isOfForgotten } from './identity.ts';
import type { OptOutRow, OptOutStore } from './opt-outs.store.ts';

interface Whose {
  organizationId: string;
  profileId: string;
}

/** What automations note of people's wishes, in the transaction of the caller; what is so already stays as it is. */
export interface Wishes {
  optOut(tx: Tx, whose: Whose, chat: ChatId, scope: OptOutRow['scope']): Promise<void>;
  /** Who asked to be forgotten stays so: only they themselves or a person here end that. */
  optIn(tx: Tx, whose: Whose, chat: ChatId): Promise<void>;
}

export function createWishes(deps: {
  clock: Clock;
  events: Pick<EventRecorder, 'record'>;
  store: Pick<OptOutStore, 'note' | 'revoke'>;
  identities: Identities;
}): Wishes {
  const { clock, events, identities, store } = deps;
  return {
    async optOut(tx, { organizationId, profileId }, chat, scope) {
      const made = { organizationId, profileId, chat, scope, source: 'automation' as const, at: clock.now() };
      for (const row of await store.note(tx, [made])) await events.record(tx, contactOptedOut, eventOf(row));
    },

    async optIn(tx, { organizationId }, chat) {
      const names = identities.namesOf(chat).filter((name) => !isOfForgotten(name));
      for (const row of await store.revoke(tx, organizationId, names, clock.now())) {
        await events.record(tx, contactOptedIn, eventOf(row));
      }
    },
  };
}
