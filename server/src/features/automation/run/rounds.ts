import type { RecordedEvent } from '../../../platform/events/define.ts';
import type { Came } from './arrivals.ts';

const chatsMax = 10_000;
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

    /** How long after ours this came, in milliseconds; undefined where that is not known. */
    sinceOurs({ profileId, occurredAt }: RecordedEvent, { chats }: Came): number | undefined {
      const times = chats.flatMap((chat) => sentAt.get(`${profileId} ${chat}`)?.getTime() ?? []);
      return times.length === 0 ? undefined : occurredAt.getTime() - Math.max(...times);
    },
  };
}
