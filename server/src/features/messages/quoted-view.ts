import { previewOf } from './kinds/kinds.ts';
import type { MessageRow } from './messages.present.ts';
import type { MessageView } from './messages.schema.ts';
import type { MessageStore } from './messages.store.ts';
import type { StoredQuote } from './outbox/outgoing.ts';

type Quoted = NonNullable<MessageView['quoted']>;

/** More than a list shows of a quoted message is in the message itself. */
const textMax = 300;

const short = (text: string) =>
  [...text.slice(0, 2 * textMax)].length > textMax ? `${[...text].slice(0, textMax).join('')}…` : text;

/** What answers show of the messages they quote: as they are now where they are known, else as they were then. */
export async function quotedBy(
  store: Pick<MessageStore, 'quoted'>,
  rows: readonly MessageRow[],
): Promise<(row: MessageRow) => Quoted | null> {
  const known = new Map<string, Quoted>();
  for (const [profileId, ofProfile] of Map.groupBy(rows, (row) => row.profile_id)) {
    const ids = ofProfile.flatMap((row) => row.quoted_message_id ?? []);
    for (const row of await store.quoted(profileId, [...new Set(ids)])) {
      known.set(`${profileId} ${row.wa_message_id}`, {
        ...{ messageId: row.id, waMessageId: row.wa_message_id, type: row.type },
        ...{ senderJid: row.sender, fromMe: row.direction === 'outgoing' },
        text: row.revoked_at ? '' : short(previewOf(row.type, row.content)),
      });
    }
  }
  return (row) => {
    if (row.quoted_message_id === null) return null;
    const found = known.get(`${row.profile_id} ${row.quoted_message_id}`);
    const then = row.content.quoted as StoredQuote | undefined;
    if (found || !then) return found ?? null;
    return {
      ...{ messageId: null, waMessageId: then.waMessageId, type: then.type ?? 'text' },
      ...{ senderJid: then.sender, fromMe: then.fromMe, text: short(then.text) },
    };
  };
}
