import type { RecordedEvent } from '../../../platform/events/define.ts';
import type { Came } from './arrivals.ts';

const chatsMax = 10_000;
/** By so much clocks differ; what was written longer before ours, and came late, answers it in no case. */
const clocksDifferMs = 5_000;
const automatic = new Set(['automation', 'ai']);

/**
 * Remembers when the last automatic answer of each chat went out, as events tell: a message that comes sooner after that than a
 * person can type was written by a program. After a restart it knows nothing, and other bounds hold.
 */
export function createRounds() {
  const sentAt = new Map<string, Date>();

  return {
    hear({ name, profileId, occurredAt, body }: RecordedEvent): void {
      const { origin, chatId } = body as { origin?: { kind: string } | null; chatId?: string };
      if (name !== 'message.sent' || !chatId || !automatic.has(origin?.kind ?? '')) return;
      const key = `${profileId} ${chatId}`;
      sentAt.delete(key);
      sentAt.set(key, occurredAt);
      const [oldest] = sentAt.keys();
      if (sentAt.size > chatsMax && oldest !== undefined) sentAt.delete(oldest);
    },

    /** How long after ours this came, in milliseconds; undefined where that is not known, and for what is no answer. */
    sinceOurs({ profileId, occurredAt }: RecordedEvent, { chats, at }: Came): number | undefined {
      const times = chats.flatMap((chat) => sentAt.get(`${profileId} ${chat}`)?.getTime() ?? []);
      const lastMs = Math.max(...times);
      if (times.length === 0 || at.getTime() < lastMs - clocksDifferMs) return undefined;
      return occurredAt.getTime() - lastMs;
    },
  };
}
