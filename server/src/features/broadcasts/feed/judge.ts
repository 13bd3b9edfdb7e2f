import type { ChatId } from '../../../platform/chat-id.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { KnownPerson } from '../../contacts/index.ts';
import type { BroadcastRow } from '../broadcasts.store.ts';

/** What is to happen with a recipient now. */
export type Verdict =
  | { is: 'send' }
  | { is: 'defer'; until: Date; code: string }
  | { is: 'skip'; code: string; reason?: string }
  /** The whole campaign stops; with `until` it goes on by itself. */
  | { is: 'pause'; code: string; reason: string; until?: Date };

/** Somebody whose turn it is. */
export interface Judged {
  chat: ChatId;
  person: KnownPerson | undefined;
}

/**
 * The sending policy: one verdict for each, in their order. It is asked in the transaction that makes the messages, so
 * what it counts there is counted if and only if they are sent.
 */
export type Judge = (
  tx: Tx,
  campaign: Pick<BroadcastRow, 'id' | 'kind' | 'organization_id' | 'profile_id' | 'settings' | 'content'>,
  judged: readonly Judged[],
  now: Date,
) => Promise<readonly Verdict[]>;

/** What holds for every campaign, whatever the policy says: nobody writes to themselves or to whom they have blocked. */
export function basicVerdict({ chat, person }: Judged, own: ChatId | null): Verdict | undefined {
  if (chat === own) return { is: 'skip', code: 'OWN_NUMBER' };
  if (person?.isBlocked) return { is: 'skip', code: 'BLOCKED' };
  return undefined;
}
