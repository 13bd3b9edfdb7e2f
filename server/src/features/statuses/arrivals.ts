import type { Insertable } from 'kysely';
import type { IncomingMessage } from '../../engines/port.ts';
import type { ChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { afterCommit, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { newId } from '../../platform/ids.ts';
import * as events from './statuses.events.ts';
import { presentStatus } from './statuses.schema.ts';
import type { StatusRow, StatusStore } from './statuses.store.ts';
import type { StatusesTable } from './statuses.tables.ts';

/** What came by way of the status, and who sent it as far as is known. */
export interface Posted {
  message: IncomingMessage;
  author: ChatId | null;
}

type Whose = { organizationId: string; profileId: string };
type Fact = Parameters<EventRecorder['recordAll']>[1][number];

/** What acts on a status without being one, and does nothing here. */
const ignored = ['edited', 'poll-vote', 'event-response', 'pinned', 'kept', 'deed'];

/** Takes status updates in, in the transaction that settles them, unless the profile drops them. */
export function createArrivals(deps: {
  clock: Clock;
  store: StatusStore;
  events: EventRecorder;
  dropsByItself: boolean;
  /** Keeps where their files lie; whether there are some. */
  keepFiles(tx: Tx, rows: readonly StatusRow[], messages: readonly IncomingMessage[]): Promise<boolean>;
  /** What was taken back has no file any more. */
  release(tx: Tx, ids: readonly string[]): Promise<void>;
  /** After the commit: files may be fetched. */
  came(profileId: string): void;
}) {
  const { clock, store } = deps;

  function rowOf(whose: Whose, { message, author }: Posted): Insertable<StatusesTable> {
    const { type, secret: _, raw: __, ...content } = message.content;
    return {
      id: newId(),
      organization_id: whose.organizationId,
      profile_id: whose.profileId,
      wa_message_id: message.id,
      author,
      author_name: message.sender.name ?? null,
      from_me: message.fromMe,
      type,
      content: JSON.stringify({ ...content, ...(message.file && { media: { state: 'waiting' } }) }),
      revoked_at: null,
      ...{ status: null, failure_code: null, failure_reason: null, audience_count: null },
      ...{ origin_kind: message.fromMe ? 'phone' : null, origin_id: null, client_reference: null },
      timestamp: message.timestamp,
      created_at: clock.now(),
    };
  }

  const told = (definition: Fact['definition'], row: StatusRow): Fact => ({
    definition,
    organizationId: row.organization_id,
    profileId: row.profile_id,
    body: { profileId: row.profile_id, status: presentStatus(row) },
  });

  async function revoked(tx: Tx, whose: Whose, { message, author }: Posted): Promise<Fact[]> {
    const { phone, lid } = message.sender;
    const authors = [author, phone, lid].filter((name) => !!name) as string[];
    const id = message.content.targetId;
    if (typeof id !== 'string' || authors.length === 0) return [];
    const row = await store.revoke(tx, whose.profileId, { id, authors, at: message.timestamp });
    if (row) await deps.release(tx, [row.id]);
    return row ? [told(events.statusRevoked, row)] : [];
  }

  function reaction({ organizationId, profileId }: Whose, { message, author }: Posted): Fact[] {
    const { targetId, emoji } = message.content;
    if (typeof targetId !== 'string' || typeof emoji !== 'string' || message.fromMe) return [];
    const body = { profileId, waMessageId: targetId, from: author, emoji };
    return [{ definition: events.statusReaction, organizationId, profileId, body }];
  }

  return async (tx: Tx, whose: Whose, posted: readonly Posted[]): Promise<void> => {
    if (posted.length === 0) return;
    if ((await store.dropsStatuses(tx, whose.profileId)) ?? deps.dropsByItself) return;
    const facts: Fact[] = [];
    const of = (type: string) => posted.filter(({ message }) => message.content.type === type);
    const acts = [...ignored, 'revoked', 'reaction'];
    const rows = posted.filter(({ message }) => !acts.includes(message.content.type));
    const stored = await store.insert(
      tx,
      rows.map((one) => rowOf(whose, one)),
    );
    for (const row of stored)
      facts.push(told(row.from_me ? events.statusPosted : events.statusReceived, row));
    const messages = rows.map(({ message }) => message);
    if (await deps.keepFiles(tx, stored, messages)) afterCommit(tx, () => deps.came(whose.profileId));
    for (const one of of('revoked')) facts.push(...(await revoked(tx, whose, one)));
    for (const one of of('reaction')) facts.push(...reaction(whose, one));
    await deps.events.recordAll(tx, facts);
  };
}
