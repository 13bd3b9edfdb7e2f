import type { Actor } from '../../../platform/actor.ts';
import { type Clock, dayMs } from '../../../platform/clock.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Log } from '../../../platform/log.ts';
import type { PresentContact } from '../contacts.present.ts';
import type { ContactStore } from '../contacts.store.ts';
import type { ContactRow } from '../people.store.ts';
import { refuse } from '../phone/blocks.ts';
import type { ErrandRunner } from '../phone/errands.ts';

/** What was seen so long ago is looked at again when somebody looks here. */
const oldMs = dayMs;

/** What people show of themselves, as clients ask for it. */
export function createLooks(deps: {
  clock: Clock;
  log: Log;
  store: Pick<ContactStore, 'find' | 'profile'>;
  errands: Pick<ErrandRunner, 'run'>;
  present: PresentContact;
}) {
  const { clock, log, store, errands } = deps;

  async function askSoon({ id, organization_id: organizationId, profile_id }: ContactRow): Promise<void> {
    const profile = await store.profile({ organizationId }, profile_id);
    if (profile?.status !== 'connected') return;
    await errands.run(profile.id, 'look', { contactId: id, isUrgent: false });
  }

  return {
    /** Somebody has looked at the contact here: what is old is asked for anew, without anybody waiting for it. */
    seen(row: ContactRow): void {
      const { looked_at: at } = row;
      if (at && clock.now().getTime() - at.getTime() < oldMs) return;
      askSoon(row).catch((error: unknown) => log.debug({ err: error }, 'a contact is looked at later'));
    },

    /** @throws Failure CONTACT_NOT_FOUND, PROFILE_NOT_CONNECTED, REFUSED_BY_WHATSAPP, RATE_LIMITED, UNAVAILABLE */
    async refresh(actor: Actor, id: string) {
      const contact = await store.find(actor, id);
      const profile = contact && (await store.profile(actor, contact.profile_id));
      if (!contact || !profile) throw new Failure('CONTACT_NOT_FOUND');
      if (profile.status !== 'connected') throw new Failure('PROFILE_NOT_CONNECTED');
      await errands.run(profile.id, 'look', { contactId: id, isUrgent: true }).catch(refuse);
      const row = await store.find(actor, id);
      if (!row) throw new Failure('CONTACT_NOT_FOUND');
      return deps.present(row);
    },
  };
}

export type Looks = ReturnType<typeof createLooks>;
