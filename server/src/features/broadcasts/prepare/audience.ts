import { chatKind, chatOfAddress, tryParseChatId } from '../../../platform/chat-id.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import { isUuid } from '../../../platform/ids.ts';
import {
  type ContactsWanted,
  contactsAfter,
  contactsWithIds,
  countContacts,
  type Reachable,
  segmentFor,
  type WrittenRow,
} from '../../contacts/index.ts';
import type { Messages } from '../../messages/index.ts';
import type { BroadcastRow, BroadcastStore } from '../broadcasts.store.ts';
import type { PreparationPlace } from '../broadcasts.tables.ts';
import { level } from '../count/levels.ts';
import { shownLevels } from '../count/shown-levels.ts';
import { countRecipients, listRecipients, type NewRecipient } from '../recipients.store.ts';

export const chunk = 1_000;
const varsLengthMax = 16_384;

/** People that were read, and where to go on; `next` is undefined when there are no more. */
export interface Read {
  people: NewRecipient[];
  next: PreparationPlace | undefined;
}

type Whose = Pick<BroadcastRow, 'organization_id' | 'profile_id'>;

/** Reads the audiences that are in the database, a chunk at a time; see `uploads.ts` for those that are files. */
export function createAudience(deps: {
  store: Pick<BroadcastStore, 'byIds'>;
  messages: Pick<Messages, 'senderOf'>;
  defaultCountry: string;
}) {
  async function wantedOf(tx: Tx, row: BroadcastRow): Promise<ContactsWanted | undefined> {
    const { type, value, match, except } = row.audience;
    const profileId = row.profile_id;
    const without = except && { exceptTags: except };
    if (type === 'all') return { profileId, ...without };
    if (type === 'tags') return { profileId, ...(match ? { allTags: value } : { tags: value }), ...without };
    const whose = { organizationId: row.organization_id, profileId };
    const segment = await segmentFor(tx, whose, String(value[0]));
    return segment && { profileId, segment };
  }

  /** Of numbers without one. */
  async function countryOf(row: Whose, from?: Tx): Promise<string> {
    const whose = { organizationId: row.organization_id };
    const sender = await deps.messages.senderOf(whose, row.profile_id, from);
    return sender?.defaultCountry ?? deps.defaultCountry;
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
    const country = await countryOf(row, tx);
    const people = values.map((value) => {
      const contact = contacts.get(value.toLowerCase());
      if (contact) return recipientOf(contact);
      return isUuid(value) ? leftOut(value, 'CONTACT_NOT_FOUND') : written(value, country);
    });
    const until = listed + values.length;
    return { people, next: until < row.audience.value.length ? { listed: until } : undefined };
  }

  /** Who is at a state of another campaign at this moment; of what is no address nobody is tried again. */
  async function fromBroadcast(tx: Tx, row: BroadcastRow, { listed = 0 }: PreparationPlace): Promise<Read> {
    const source = await sourceOf(tx, row);
    if (!source) return { people: [], next: undefined };
    const rows = await listRecipients(tx, source.id, {
      ...{ levels: source.levels, codes: row.audience.codes, after: listed, limit: chunk, offset: 0 },
    });
    const last = rows.at(-1);
    const people = rows.flatMap(({ chat, contact_id: contactId, vars }): NewRecipient[] =>
      isAddress(chat) ? [{ chat, contactId, vars, status: level.pending }] : [],
    );
    return { people, next: last && rows.length === chunk ? { listed: last.ord } : undefined };
  }

  /** The campaign whose people are wanted, and where they are; undefined when it is gone. */
  async function sourceOf(tx: Tx, { audience }: BroadcastRow) {
    const [source] = await deps.store.byIds(tx, [String(audience.value[0])]);
    if (!source || source.removed_at) return undefined;
    const states = audience.status ?? ['failed'];
    return { id: source.id, levels: states.flatMap((state) => shownLevels(state, source)) };
  }

  return {
    countryOf,

    next(tx: Tx, row: BroadcastRow): Promise<Read> {
      const place = row.preparing ?? {};
      const { type } = row.audience;
      if (isListed(row)) return fromList(tx, row, place);
      return (type === 'broadcast' ? fromBroadcast : fromContacts)(tx, row, place);
    },

    /** How many it may become, while they are still being gathered: doubles and who is left out count, too. */
    async sizeOf(tx: Tx, row: BroadcastRow): Promise<number> {
      const { type, value, lines = 0 } = row.audience;
      if (isListed(row)) return value.length;
      if (type === 'upload') return Math.max(0, lines - 1);
      if (type === 'broadcast') {
        const source = await sourceOf(tx, row);
        return source ? countRecipients(tx, source.id, source.levels, { codes: row.audience.codes }) : 0;
      }
      const wanted = await wantedOf(tx, row);
      return wanted ? countContacts(tx, wanted) : 0;
    },
  };
}

export type AudienceReader = ReturnType<typeof createAudience>;

const isListed = ({ audience }: BroadcastRow) => ['contacts', 'phones'].includes(audience.type);

const isAddress = (chat: string) => {
  const parsed = chatOfAddress(chat);
  return parsed !== undefined && ['user', 'group'].includes(chatKind(parsed));
};

function recipientOf({ id, chat, isBlocked }: Reachable): NewRecipient {
  return {
    ...{ chat, contactId: id },
    ...(isBlocked ? { status: level.skipped, code: 'BLOCKED' } : { status: level.pending }),
  };
}

/** Of what is no address the campaign keeps what was written, so that somebody can find it. */
export function leftOut(chat: string, code: string): NewRecipient {
  return { chat, status: level.skipped, code };
}

function written(value: string, country: string): NewRecipient {
  const chat = tryParseChatId(value, country);
  if (!chat || !['user', 'group'].includes(chatKind(chat))) return leftOut(value, 'INVALID_RECIPIENT');
  return { chat, status: level.pending };
}

/** A row of a file: its columns are the variables of this person. */
export function rowRecipient({ phone, metadata }: WrittenRow, country: string): NewRecipient {
  const recipient = written(phone, country);
  if (recipient.status !== level.pending) return leftOut(phone.slice(0, 128) || '-', 'INVALID_RECIPIENT');
  const vars = metadata as Record<string, string>;
  if (JSON.stringify(vars).length > varsLengthMax) return leftOut(recipient.chat, 'VARIABLES_TOO_LONG');
  return { ...recipient, vars };
}
