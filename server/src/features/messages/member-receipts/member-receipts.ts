import type { Receipt } from '../../../engines/port.ts';
import { type ChatId, chatKind, lidOf, phoneChat } from '../../../platform/chat-id.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Tenancy } from '../../../platform/tenancy.ts';
import { phonesOfLids } from '../../contacts/index.ts';
import type { MessageStore } from '../messages.store.ts';
import { type MemberReceipt, memberReceiptsOf } from './member-receipts.store.ts';

/** More than the largest group of WhatsApp. */
const membersMax = 2_000;

/** Of what a connection tells, that which members of groups acknowledge. */
export function ofMembers(profileId: string, receipts: readonly Receipt[]): MemberReceipt[] {
  return receipts.flatMap(({ chat, ids, status, by, at }) =>
    by && chatKind(chat) === 'group'
      ? ids.map((waMessageId) => ({ profileId, waMessageId, status, person: by, at }))
      : [],
  );
}

/** Who has a message of ours in a group. */
export function createMemberReceipts({ db, store }: { db: Db; store: Pick<MessageStore, 'find'> }) {
  return async (tenancy: Tenancy, id: string) => {
    const message = await store.find(tenancy, id);
    if (!message) throw new Failure('MESSAGE_NOT_FOUND');
    const rows = await memberReceiptsOf(db, message.id, membersMax);
    const lids = rows.map(({ person }) => lidOf(person as ChatId)).filter((lid) => lid !== undefined);
    const phones = await phonesOfLids(db, message.profile_id, lids);
    return rows.map(({ person, delivered_at, read_at, played_at }) => {
      const phone = phones.get(lidOf(person as ChatId) ?? '');
      return {
        personJid: phone ? phoneChat(phone) : person,
        deliveredAt: delivered_at.toISOString(),
        readAt: read_at?.toISOString() ?? null,
        playedAt: played_at?.toISOString() ?? null,
      };
    });
  };
}
