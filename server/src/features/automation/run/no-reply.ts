import { chatKind, storedChat } from '../../../platform/chat-id.ts';
import { later } from '../../../platform/clock.ts';
import { afterCommit, type Tx } from '../../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import { newId } from '../../../platform/ids.ts';
import type { Arrival } from '../match/facts.ts';
import type { Came } from './arrivals.ts';
import type { DueStore } from './dues.store.ts';
import { fitsChat } from './interpret.ts';
import type { Known, Ready } from './known.ts';

interface Waiting {
  ready: Ready;
  minutes: number;
  side: 'us' | 'person';
  onlyPeople: boolean;
}

/** The automations of a profile that start where nobody answers. */
function waitingIn({ automations }: Known): Waiting[] {
  return automations.flatMap((ready) =>
    ready.program.triggers.flatMap(({ type, config, start }) => {
      const { minutes, waitingFor, onlyPeople } = config;
      if (type !== 'no_reply' || start === null || typeof minutes !== 'number') return [];
      const side = waitingFor === 'person' ? ('person' as const) : ('us' as const);
      return [{ ready, minutes, side, onlyPeople: onlyPeople === true }];
    }),
  );
}

const idsOf = (waiting: readonly Waiting[]) => waiting.map(({ ready }) => ready.id);
/** What is said by itself. */
const automatic = new Set(['automation', 'ai', 'opt-out']);

/** Notes who waits for an answer since when, and forgets it when there is one. */
export function createNoReply(deps: {
  dues: Pick<DueStore, 'arm' | 'disarm'>;
  /** Something will be due at this moment. */
  wakeAt(moment: Date): void;
}) {
  const { dues } = deps;

  async function arm(
    tx: Tx,
    event: RecordedEvent,
    { ready, minutes, side }: Waiting,
    of: { chat: string; who: string; arrival: Arrival; at: Date },
  ): Promise<void> {
    if (!fitsChat(ready.program, of.arrival)) return;
    const dueAt = later(of.at, minutes * 60_000);
    const due = {
      ...{ automationId: ready.id, chat: of.chat, organizationId: event.organizationId, dueAt },
      ...{ profileId: String(event.profileId), originEvent: newId() },
      state: { arrival: of.arrival, who: of.who },
    };
    await dues.arm(tx, due, { later: side === 'person' });
    afterCommit(tx, () => deps.wakeAt(dueAt));
  }

  return {
    /** Whether an automation starts where nobody answers. */
    isWatching: (of: Known): boolean => waitingIn(of).length > 0,

    /** Somebody wrote: they wait for us, and nobody waits for them. */
    async personWrote(tx: Tx, event: RecordedEvent, of: Known, came: Came): Promise<void> {
      const waiting = waitingIn(of);
      if (waiting.length === 0) return;
      const forThem = waiting.filter(({ side }) => side === 'person');
      if (forThem.length > 0) await dues.disarm(tx, idsOf(forThem), came.chats);
      const { chat, arrival } = came;
      for (const one of waiting) {
        if (one.side === 'us')
          await arm(tx, event, one, { chat, arrival, who: String(came.who[0]), at: came.at });
      }
    },

    /** Something was said to them, here or on the phone: nobody waits for us, and we wait for them. */
    async weWrote(tx: Tx, event: RecordedEvent, of: Known): Promise<void> {
      const { origin, source, chatId } = event.body as {
        origin?: { kind: string } | null;
        source?: string;
        chatId?: string;
      };
      if (!chatId || (event.name === 'message.sent' && source !== 'phone')) return;
      const waiting = waitingIn(of);
      const isAutomatic = automatic.has(origin?.kind ?? '');
      const answered = waiting.filter(
        ({ side, onlyPeople }) => side === 'us' && !(onlyPeople && isAutomatic),
      );
      if (answered.length > 0) await dues.disarm(tx, idsOf(answered), [chatId]);
      const kind = chatKind(storedChat(chatId));
      // What we said by ourselves waits for nobody: it would go on reminding them for ever.
      if (isAutomatic || kind !== 'user') return;
      const arrival: Arrival = {
        ...{ messageId: '', waMessageId: '', conversationId: String(event.body.conversationId ?? '') },
        ...{ senderJid: chatId, senderName: null, text: '', type: 'text', hasMedia: false, isGroup: false },
        timestamp: event.occurredAt.toISOString(),
      };
      for (const one of waiting) {
        if (one.side !== 'person') continue;
        await arm(tx, event, one, { chat: chatId, who: chatId, arrival, at: event.occurredAt });
      }
    },
  };
}

export type NoReply = ReturnType<typeof createNoReply>;
