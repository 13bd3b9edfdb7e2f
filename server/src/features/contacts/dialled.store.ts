import type { ChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import type { Whose } from './people.store.ts';

/** Keeps that whoever is dialled as one number has another as their address, also for what led to the first one. */
export async function keepAddress(
  tx: Tx,
  clock: Clock,
  { organizationId, profileId }: Whose,
  dialled: ChatId,
  address: ChatId,
): Promise<void> {
  const learnt = { address, learnt_at: clock.now() };
  await tx
    .updateTable('dialled_numbers')
    .set(learnt)
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
    .values({ organization_id: organizationId, profile_id: profileId, dialled, ...learnt })
    .onConflict((oc) => oc.columns(['profile_id', 'dialled']).doUpdateSet(learnt))
    .execute();
}

/** Nobody has this address any more: who is dialled otherwise is asked for anew. */
export async function forgetAddress(tx: Tx, profileId: string, address: ChatId): Promise<void> {
  await tx
    .deleteFrom('dialled_numbers')
    .where('profile_id', '=', profileId)
    .where('address', '=', address)
    .execute();
}
