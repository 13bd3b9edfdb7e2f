import { afterCommit, type Tx } from '../../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import type { EventReader } from '../../../platform/feature.ts';
import { isUuid } from '../../../platform/ids.ts';
import type { BroadcastRow, BroadcastStore } from '../broadcasts.store.ts';
import { recipientsOfMessages } from '../recipients.store.ts';
import { lastCampaignMessages, markAnswers, type SaidAt } from './answers.store.ts';
import { addCounts } from './counters.store.ts';
import { type Counts, noCounts, replyHoursMax, replyHoursUsual } from './levels.ts';

/** Everybody who writes is looked up: together with who else writes meanwhile. */
const restMs = 500;

type Said = SaidAt & { mark: 'replied' | 'opted_out' };

/**
 * Hears who answers a campaign, and who opts out because of it: it counts for the last one they were sent, once, if that was
 * not too long ago. It reads behind the arrivals, which cost nothing more for it.
 */
export function createAnswers(deps: {
  store: BroadcastStore;
  progressed(ids: readonly string[]): void;
}): EventReader {
  const { store } = deps;

  async function apply(tx: Tx, mark: Said['mark'], said: readonly Said[]): Promise<void> {
    if (said.length === 0) return;
    const last = await lastCampaignMessages(tx, said, replyHoursMax);
    if (last.size === 0) return;
    const ids = [...new Set([...last.values()].map(({ messageId }) => messageId))];
    const recipients = await recipientsOfMessages(tx, ids);
    if (recipients.length === 0) return;
    const campaigns = await store.lockAll(tx, [...new Set(recipients.map((one) => one.broadcast_id))]);
    const hoursOf = new Map(campaigns.map((row) => [row.id, hoursFor(row)]));
    const answers = [...last].flatMap(([n, { messageId, sentAt }]) => {
      const recipient = recipients.find((one) => one.message_id === messageId);
      const at = said[n]?.at;
      const hours = hoursOf.get(recipient?.broadcast_id ?? '');
      if (!at || hours === undefined) return [];
      return at.getTime() - sentAt.getTime() <= hours * 3_600_000 ? [{ messageId, at }] : [];
    });
    if (answers.length === 0) return;
    const counted = new Map<string, Counts>();
    for (const { broadcast_id, variant } of await markAnswers(tx, mark, answers)) {
      const key = `${broadcast_id} ${variant}`;
      const sums = counted.get(key) ?? noCounts();
      sums[mark] += 1;
      counted.set(key, sums);
    }
    for (const [key, sums] of counted) {
      const [id, variant] = key.split(' ');
      await addCounts(tx, String(id), sums, Number(variant));
    }
    const changed = [...counted.keys()].map((key) => String(key.split(' ')[0]));
    afterCommit(tx, () => deps.progressed([...new Set(changed)]));
  }

  return {
    name: 'broadcasts.answers',
    restMs,
    concerns: async (events) => events.some((event) => saidIn(event) !== undefined),
    async read(events, tx) {
      const said = events.flatMap((event) => saidIn(event) ?? []);
      for (const mark of ['replied', 'opted_out'] as const) {
        await apply(
          tx,
          mark,
          said.filter((one) => one.mark === mark),
        );
      }
    },
  };
}

const hoursFor = ({ settings }: BroadcastRow) => settings.replyWindowHours ?? replyHoursUsual;

/** What a person wrote to a profile, or that they opted out by a word. */
function saidIn({ name, body, occurredAt }: RecordedEvent): Said | undefined {
  if (name === 'contact.opted_out') {
    const { optOut } = body as { optOut?: { source?: string; messageId?: string | null } };
    const { source, messageId } = optOut ?? {};
    if (source !== 'keyword' || !messageId || !isUuid(messageId)) return undefined;
    return { mark: 'opted_out', messageId, at: occurredAt };
  }
  if (name !== 'message.received') return undefined;
  const { message, conversation } = body as Record<string, Record<string, unknown> | undefined>;
  if (!message || conversation?.type !== 'user' || message.direction !== 'incoming') return undefined;
  const { conversationId, timestamp } = message;
  if (typeof conversationId !== 'string' || !isUuid(conversationId)) return undefined;
  // What waited for this device was written before.
  const writtenAt = new Date(String(timestamp));
  const at = writtenAt < occurredAt ? writtenAt : occurredAt;
  return { mark: 'replied', conversationId, at };
}
