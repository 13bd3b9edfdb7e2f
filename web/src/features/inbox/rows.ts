import type { Message } from '@multiwa/sdk';
import type { Pending } from './outbox.ts';

/** A line of a thread. */
export type Row =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'message'; key: string; message: Message; isFirst: boolean }
  | { kind: 'pending'; key: string; pending: Pending };

/** What follows one another so soon, from the same person, belongs together. */
const togetherMs = 5 * 60_000;

const dayOf = (at: string): string => new Date(at).toDateString();

/** The lines of a thread, with a separator where a day begins; what has not left this tab stands last. */
export function rowsOf(messages: readonly Message[], pending: readonly Pending[]): Row[] {
  const rows: Row[] = [];
  let last: Message | undefined;
  for (const message of messages) {
    const isNewDay = !last || dayOf(last.timestamp) !== dayOf(message.timestamp);
    if (isNewDay) rows.push({ kind: 'day', key: `day ${dayOf(message.timestamp)}`, at: message.timestamp });
    rows.push({
      kind: 'message',
      key: message.id,
      message,
      isFirst: isNewDay || !last || !isTogether(last, message),
    });
    last = message;
  }
  const known = new Set(messages.map(({ clientReference }) => clientReference));
  for (const each of pending) {
    if (known.has(each.reference)) continue;
    rows.push({ kind: 'pending', key: each.reference, pending: each });
  }
  return rows;
}

function isTogether(before: Message, message: Message): boolean {
  return (
    before.direction === message.direction &&
    before.senderJid === message.senderJid &&
    Date.parse(message.timestamp) - Date.parse(before.timestamp) < togetherMs
  );
}
