import { lidOf, phoneOf, storedChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { Arrival } from '../match/facts.ts';
import { type ChatStore, isSilent, isWithPerson } from './chats.store.ts';
import type { Asked } from './gate.ts';
import type { Known } from './known.ts';

/** So many runs may live in a chat at once. */
export const liveMax = 20;

/** Looks at a chat in which no message has just come; undefined where nothing may start. */
export type Look = (
  tx: Tx,
  of: {
    organizationId: string;
    profileId: string;
    chat: string;
    who: string;
    originEvent: string;
    arrival: Arrival;
    of: Pick<Known, 'timeZone'>;
  },
) => Promise<Asked | undefined>;

export function createLook(deps: { clock: Clock; chats: Pick<ChatStore, 'around'> }): Look {
  return async (tx, { organizationId, profileId, chat, who, originEvent, arrival, of }) => {
    const now = deps.clock.now();
    const sender = arrival.senderJid === null ? undefined : storedChat(arrival.senderJid);
    const around = await deps.chats.around(tx, {
      ...{ profileId, chats: [chat], conversationId: arrival.conversationId || null, message: null },
      ...{ phone: (sender && phoneOf(sender)) ?? null, lid: (sender && lidOf(sender)) ?? null },
      isGroup: arrival.isGroup,
    });
    if (around.live >= liveMax || isSilent(around.chat, now)) return undefined;
    return {
      ...{ around, of, hasFlow: around.hasFlow },
      base: {
        ...{ organizationId, profileId, chat, who, originEvent, now, vars: {} },
        trigger: { ...arrival, isNew: false },
      },
      facts: {
        ...{ arrival, person: around.person, isNew: false, isAssigned: around.isAssigned, now },
        ...{ isWithPerson: isWithPerson(around.chat, now), past: around.past, vars: new Map() },
        timeZone: of.timeZone,
      },
    };
  };
}
