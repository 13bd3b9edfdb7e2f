import { EngineBusy, EngineGone, EngineRefusal } from '../../../engines/port.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import { localPart } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import { coalesced } from '../../../platform/concurrency/coalesced.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Log } from '../../../platform/log.ts';
import type { Live } from '../../profiles/index.ts';
import { contactBlocked, contactUnblocked, eventOf } from '../contacts.events.ts';
import type { PresentContact } from '../contacts.present.ts';
import type { ContactStore } from '../contacts.store.ts';
import { type ContactRow, chatOf } from '../people.store.ts';
import { followBlocks } from './blocks.store.ts';
import type { ErrandRunner } from './errands.ts';

/** Who is blocked: WhatsApp keeps it, for the phone and all its devices, and contacts show what it says. */
export function createBlocks(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  events: EventRecorder;
  audit: AuditLog;
  store: ContactStore;
  errands: Pick<ErrandRunner, 'run'>;
  present: PresentContact;
}) {
  const { db, clock, log, events, store } = deps;
  const reading = new WeakMap<Live, () => Promise<void>>();

  const tell = (tx: Tx, rows: readonly ContactRow[]) =>
    events.recordAll(
      tx,
      rows.map((row) => ({
        definition: row.is_blocked ? contactBlocked : contactUnblocked,
        ...eventOf(row),
      })),
    );

  async function read(live: Live): Promise<void> {
    if (live.ended.aborted || !live.session.blocks) return;
    try {
      const people = await live.session.blocks.list();
      const phones = people.flatMap(({ phone }) => (phone ? [localPart(phone)] : []));
      const lids = people.flatMap(({ lid }) => (lid ? [localPart(lid)] : []));
      await inTransaction(db, async (tx) =>
        tell(tx, await followBlocks(tx, live.profileId, { phones, lids }, clock.now())),
      );
    } catch (error) {
      if (live.ended.aborted) return;
      log.warn(
        { err: error, profileId: live.profileId },
        'who is blocked could not be read; it is read again later',
      );
    }
  }

  function readSoon(live: Live): void {
    const again = reading.get(live) ?? coalesced(() => read(live));
    reading.set(live, again);
    void again();
  }

  return {
    /** What was changed on the phone while this device was away. */
    connected: readSoon,
    changed: readSoon,

    /** @throws Failure CONTACT_NOT_FOUND, PROFILE_NOT_CONNECTED, REFUSED_BY_WHATSAPP, UNAVAILABLE */
    async set(actor: Actor, id: string, isBlocked: boolean) {
      const contact = await store.find(actor, id);
      const profile = contact && (await store.profile(actor, contact.profile_id));
      if (!contact || !profile) throw new Failure('CONTACT_NOT_FOUND');
      if (profile.status !== 'connected') throw new Failure('PROFILE_NOT_CONNECTED');
      const person = chatOf({ phone: contact.phone ?? undefined, lid: contact.lid ?? undefined });
      await deps.errands.run(profile.id, 'block', { person, isBlocked }).catch(refuse);
      await inTransaction(db, async (tx) => {
        const before = await store.lock(tx, actor, id);
        if (!before) throw new Failure('CONTACT_NOT_FOUND');
        await deps.audit.record(tx, actor, {
          action: 'contact.block',
          resource: { type: 'contact', id },
          details: { isBlocked },
        });
        if (before.is_blocked === isBlocked) return;
        await tell(tx, [await store.update(tx, id, { is_blocked: isBlocked, updated_at: clock.now() })]);
      });
      const row = await store.find(actor, id);
      if (!row) throw new Failure('CONTACT_NOT_FOUND');
      return deps.present(row);
    },
  };
}

/** What the engine says, as a failure. @throws Failure */
export function refuse(error: unknown): never {
  if (error instanceof EngineRefusal) {
    throw new Failure('REFUSED_BY_WHATSAPP', { says: error.message, cause: error });
  }
  if (error instanceof EngineBusy) throw new Failure('RATE_LIMITED', { retryAfterSeconds: 60, cause: error });
  if (error instanceof EngineGone) throw new Failure('UNAVAILABLE', { cause: error });
  throw error;
}
