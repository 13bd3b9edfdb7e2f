import { type ChatId, storedChat } from '../../../platform/chat-id.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { KnownPerson } from '../../contacts/index.ts';
import type { BroadcastRow } from '../broadcasts.store.ts';
import type { RecipientRow } from '../recipients.store.ts';

/** What is to happen with a recipient now. */
export type Verdict =
  | { is: 'send'; lane?: 'service' | 'cold' }
  | { is: 'defer'; until: Date; code: string }
  | { is: 'skip'; code: string; reason?: string }
  /** The whole campaign stops; with `until` it goes on by itself. */
  | { is: 'pause'; code: string; reason: string; until?: Date };

/** Somebody whose turn it is. */
interface Judged {
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
  /** Behind so many who may be sent it nobody else needs a verdict: places are taken for these only. */
  sendsMax?: number,
) => Promise<readonly Verdict[]>;

/** What holds for every campaign, whatever the policy says: nobody writes to themselves or to whom they have blocked. */
function basicVerdict({ chat, person }: Judged, own: ChatId | null): Verdict | undefined {
  if (chat === own) return { is: 'skip', code: 'OWN_NUMBER' };
  if (person?.isBlocked) return { is: 'skip', code: 'BLOCKED' };
  return undefined;
}

/** The verdict on each of these recipients, in their order, up to the last who may be sent it now. */
export async function judged(
  tx: Tx,
  judge: Judge,
  about: {
    row: BroadcastRow;
    own: ChatId | null;
    recipients: readonly Pick<RecipientRow, 'chat'>[];
    people: ReadonlyMap<string, KnownPerson>;
    now: Date;
    sendsMax?: number;
  },
): Promise<Verdict[]> {
  const { row, own, recipients, people, now, sendsMax } = about;
  const asked = recipients.map(({ chat }) => ({ chat: storedChat(chat), person: people.get(chat) }));
  const basic = asked.map((one) => basicVerdict(one, own));
  const open = asked.filter((_, at) => basic[at] === undefined);
  // A group is a recipient only where somebody named it.
  const settings = { ...row.settings, policy: { groups: true, ...row.settings.policy } };
  const asking = { ...row, settings, content: (row.variants as BroadcastRow['content']) ?? row.content };
  const rest = open.length > 0 ? [...(await judge(tx, asking, open, now, sendsMax))] : [];
  const verdicts: Verdict[] = [];
  for (const verdict of basic) {
    const found = verdict ?? rest.shift();
    if (!found) break;
    verdicts.push(found);
  }
  return verdicts;
}
