import { chatKind, phoneChat, tryParseChatId } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import { afterCommit, type Tx } from '../../../platform/db/transaction.ts';
import { isUuid } from '../../../platform/ids.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import {
  type ContactsWanted,
  contactsAfter,
  contactsWithIds,
  countContacts,
  type Reachable,
  segmentFor,
} from '../../contacts/index.ts';
import type { Messages } from '../../messages/index.ts';
import type { BroadcastRow, BroadcastStore } from '../broadcasts.store.ts';
import type { PreparationPlace } from '../broadcasts.tables.ts';
import { addCounts, addSkips } from '../count/counters.store.ts';
import { countedAs, level, noCounts } from '../count/levels.ts';
import type { Ending } from '../ending.ts';
import { addRecipients, type NewRecipient } from '../recipients.store.ts';
import { prepareBroadcast } from './prepare.jobs.ts';

const chunk = 1_000;

/** People that were read, and where to go on; `next` is undefined when there are no more. */
interface Read {
  people: NewRecipient[];
  next: PreparationPlace | undefined;
}

/**
 * Turns the audience of a campaign into its recipients, a chunk in each transaction, which moves place and counters with it:
 * it may be interrupted anywhere and be done twice, and its memory does not grow with the audience.
 */
export function createPreparation(deps: {
  clock: Clock;
  store: BroadcastStore;
  messages: Pick<Messages, 'senderOf'>;
  jobs: JobQueue;
  ending: Ending;
  defaultCountry: string;
  poke(profileId: string): void;
}) {
  const { clock, store } = deps;

  async function wantedOf(tx: Tx, row: BroadcastRow): Promise<ContactsWanted | undefined> {
    const { type, value } = row.audience;
    const profileId = row.profile_id;
    if (type === 'all') return { profileId };
    if (type === 'tags') return { profileId, tags: value };
    const whose = { organizationId: row.organization_id, profileId };
    const segment = await segmentFor(tx, whose, String(value[0]));
    return segment && { profileId, segment };
  }

  async function fromContacts(tx: Tx, row: BroadcastRow, { after }: PreparationPlace): Promise<Read> {
    const wanted = await wantedOf(tx, row);
    const contacts = wanted ? await contactsAfter(tx, wanted, after, chunk) : [];
    const last = contacts.at(-1);
    return {
      people: contacts.map(recipientOf),
      next: last && contacts.length === chunk ? { after: last.id } : undefined,
    };
  }

  async function fromList(tx: Tx, row: BroadcastRow, { listed = 0 }: PreparationPlace): Promise<Read> {
    const values = row.audience.value.slice(listed, listed + chunk);
    const ids = values.filter(isUuid);
    const contacts = new Map(
      (await contactsWithIds(tx, row.profile_id, ids)).map((contact) => [contact.id, contact]),
    );
    const whose = { organizationId: row.organization_id };
    const country = (await deps.messages.senderOf(whose, row.profile_id)).defaultCountry;
    const people = values.map((value) => {
      const contact = contacts.get(value.toLowerCase());
      if (contact) return recipientOf(contact);
      return isUuid(value)
        ? leftOut(value, 'CONTACT_NOT_FOUND')
        : written(value, country ?? deps.defaultCountry);
    });
    const until = listed + values.length;
    return { people, next: until < row.audience.value.length ? { listed: until } : undefined };
  }

  /** One chunk more; answers the campaign as it then is. */
  async function step(tx: Tx, row: BroadcastRow): Promise<BroadcastRow> {
    const { people, next } = await (isListed(row) ? fromList : fromContacts)(tx, row, row.preparing ?? {});
    const now = clock.now();
    const profile = await store.holdProfile(tx, row.profile_id);
    const own = profile?.phone_number ? phoneChat(profile.phone_number) : undefined;
    const fit = people.map((one) => (one.chat === own ? leftOut(one.chat, 'OWN_NUMBER') : one));
    const added = await addRecipients(tx, row.id, { until: row.prepared_until, now }, fit);
    const counts = noCounts();
    for (const { status } of added) for (const name of countedAs(status)) counts[name] += 1;
    await addCounts(tx, row.id, counts);
    await addSkips(
      tx,
      row.id,
      added.flatMap(({ code }) => code ?? []),
    );
    return store.update(tx, row.id, {
      ...{ prepared_until: row.prepared_until + people.length, updated_at: now },
      ...{ preparing: next ? JSON.stringify(next) : null, prepared_at: next ? null : now },
    });
  }

  return {
    /** The first chunk and no more, for a look at it. */
    first: step,

    /** The first chunk, in the transaction that wants it; a job does what is left. */
    async begin(tx: Tx, row: BroadcastRow): Promise<BroadcastRow> {
      const begun = await step(tx, row);
      if (!begun.prepared_at) await deps.jobs.enqueue(tx, prepareBroadcast, { broadcastId: row.id });
      return begun;
    },

    /** How many it may become, while they are still being gathered: doubles and who is left out count, too. */
    async sizeOf(tx: Tx, row: BroadcastRow): Promise<number> {
      if (isListed(row)) return row.audience.value.length;
      const wanted = await wantedOf(tx, row);
      return wanted ? countContacts(tx, wanted) : 0;
    },

    /** Goes on with what a request has begun. */
    async run({ broadcastId }: { broadcastId: string }, signal: AbortSignal): Promise<void> {
      for (let more = true; more; ) {
        signal.throwIfAborted();
        more = await store.inTransaction(async (tx) => {
          const row = await store.lock(tx, broadcastId);
          if (!row?.preparing || row.prepared_at || row.status === 'failed') return false;
          const stepped = await step(tx, row);
          if (!stepped.prepared_at) return true;
          await deps.ending.completeIfDone(tx, stepped);
          afterCommit(tx, () => deps.poke(row.profile_id));
          return false;
        });
      }
    },
  };
}

export type Preparation = ReturnType<typeof createPreparation>;

const isListed = ({ audience }: BroadcastRow) => ['contacts', 'phones'].includes(audience.type);

function recipientOf({ id, chat, isBlocked }: Reachable): NewRecipient {
  return {
    ...{ chat, contactId: id },
    ...(isBlocked ? { status: level.skipped, code: 'BLOCKED' } : { status: level.pending }),
  };
}

/** Of what is no address the campaign keeps what was written, so that somebody can find it. */
function leftOut(chat: string, code: string): NewRecipient {
  return { chat, status: level.skipped, code };
}

function written(value: string, country: string): NewRecipient {
  const chat = tryParseChatId(value, country);
  if (!chat || !['user', 'group'].includes(chatKind(chat))) return leftOut(value, 'INVALID_RECIPIENT');
  return { chat, status: level.pending };
}
