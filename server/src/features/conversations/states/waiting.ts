import type { Tx } from '../../../platform/db/transaction.ts';
import { editConversation } from '../conversations.sql.ts';
import type { ConversationRow } from '../conversations.tables.ts';
import { labelChat } from '../inbox/labels.store.ts';
import { newsIn, patchOf } from './apply-state.ts';
import { statesOf } from './chat-states.store.ts';

/** What waited for a conversation that is new holds for it. Clearing is about messages that it had before. */
export async function applyWaiting(
  tx: Tx,
  row: ConversationRow,
  names: readonly string[],
  now: Date,
): Promise<ConversationRow> {
  const states = await statesOf(tx, row.profile_id, names);
  if (states.length === 0) return row;
  const patch = Object.assign({}, ...states.map(({ field, value }) => patchOf(field, value)));
  const whose = { organizationId: row.organization_id, profileId: row.profile_id };
  for (const { field, value } of states) {
    if (!field.startsWith('label:') || value.labelled !== true) continue;
    await labelChat(tx, whose, row.id, { label: field.slice('label:'.length), isOn: true, now });
  }
  const news = newsIn(row, patch);
  return Object.keys(news).length > 0 ? editConversation(tx, row.id, news) : row;
}
