import { type ChatId, localPart, phoneChat, storedChat } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { formsOf } from '../../platform/number-forms.ts';
import type { Whose } from './whose.ts';

/** Stores the address behind a dialled number; numbers that led to the dialled one lead to the address as well. */
export async function keepAddress(
  tx: Tx,
  clock: Clock,
  { organizationId, profileId }: Whose,
  dialled: ChatId,
  address: ChatId,
): Promise<void> {
  const values = { address, learnt_at: clock.now() };
  await tx
    .updateTable('dialled_numbers')
    .set(values)
    .where('profile_id', '=', profileId)
    .where('address', '=', dialled)
    .where('dialled', '!=', address)
    .execute();
  await tx
    .deleteFrom('dialled_numbers')
    .where('profile_id', '=', profileId)
    .where('dialled', '=', address)
    .execute();
  await tx
    .insertInto('dialled_numbers')
    .values({ organization_id: organizationId, profile_id: profileId, dialled, ...values })
    .onConflict((oc) => oc.columns(['profile_id', 'dialled']).doUpdateSet(values))
    .execute();
}

/** The address is no longer on WhatsApp: numbers that led to it are looked up again. */
export async function forgetAddress(tx: Tx, profileId: string, address: ChatId): Promise<void> {
  await tx
    .deleteFrom('dialled_numbers')
    .where('profile_id', '=', profileId)
    .where('address', '=', address)
    .execute();
}

/** The number under which WhatsApp has whoever is dialled by this one, as far as that is known to differ. */
export async function registeredAs(tx: Tx, profileId: string, phone: string): Promise<string> {
  const row = await tx
    .selectFrom('dialled_numbers')
    .select('address')
    .where('profile_id', '=', profileId)
    .where('dialled', 'in', formsOf(phone).map(phoneChat))
    .limit(1)
    .executeTakeFirst();
  return row ? localPart(storedChat(row.address)) : phone;
}
