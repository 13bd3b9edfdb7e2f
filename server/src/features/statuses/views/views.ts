import type { Receipt } from '../../../engines/port.ts';
import { type ChatId, chatKind, lidOf, phoneChat } from '../../../platform/chat-id.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Tenancy } from '../../../platform/tenancy.ts';
import { phonesOfLids } from '../../contacts/index.ts';
import type { Live } from '../../profiles/index.ts';
import { statusViewed } from '../statuses.events.ts';
import type { StatusStore } from '../statuses.store.ts';
import { keepViews, type ViewReceipt, viewsOf } from './views.store.ts';

/** More than any audience. */
const viewsMax = 2_000;

/** Who has looked at status updates of ours. */
export function createViews(deps: { db: Db; events: EventRecorder; store: Pick<StatusStore, 'get'> }) {
  const { db, events } = deps;

  /** People by their number where it is known. */
  async function named(profileId: string, people: readonly string[]) {
    const lids = people.map((person) => lidOf(person as ChatId)).filter((lid) => lid !== undefined);
    const phones = await phonesOfLids(db, profileId, lids);
    return (person: string) => {
      const phone = phones.get(lidOf(person as ChatId) ?? '');
      return phone ? phoneChat(phone) : person;
    };
  }

  return {
    /** Of what a connection tells, that which is about status updates. */
    async heard({ organizationId, profileId }: Live, receipts: readonly Receipt[]): Promise<void> {
      const views = receipts.flatMap(({ chat, ids, status, by, at }): ViewReceipt[] =>
        by && chatKind(chat) === 'status'
          ? ids.map((waMessageId) => ({ waMessageId, status, person: by, at }))
          : [],
      );
      if (views.length === 0) return;
      const nameOf = await named(
        profileId,
        views.map(({ person }) => person),
      );
      const known = views.map((view) => ({ ...view, person: nameOf(view.person) }));
      await inTransaction(db, async (tx) => {
        const first = await keepViews(tx, profileId, known);
        const facts = first.map((view) => ({
          definition: statusViewed,
          ...{ organizationId, profileId },
          body: {
            ...{ profileId, statusId: view.status_id, waMessageId: view.wa_message_id },
            ...{ by: view.person, timestamp: view.read_at.toISOString() },
          },
        }));
        await events.recordAll(tx, facts);
      });
    },

    /** @throws Failure STATUS_NOT_FOUND */
    async of(tenancy: Tenancy, id: string) {
      const status = await deps.store.get(tenancy, id);
      if (!status) throw new Failure('STATUS_NOT_FOUND');
      const rows = await viewsOf(db, status.id, viewsMax);
      const nameOf = await named(
        status.profile_id,
        rows.map(({ person }) => person),
      );
      return rows.map(({ person, delivered_at, read_at }) => ({
        personJid: nameOf(person),
        deliveredAt: delivered_at.toISOString(),
        viewedAt: read_at?.toISOString() ?? null,
      }));
    },
  };
}

export type Views = ReturnType<typeof createViews>;
