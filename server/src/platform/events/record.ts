import type { RawBuilder } from 'kysely';
import type { Static, TSchema } from 'typebox';
import type { Clock } from '../clock.ts';
import { afterCommit, type Tx } from '../db/transaction.ts';
import { newId } from '../ids.ts';
import type { EventDefinition } from './define.ts';
import { type EventsOfRows, insertEvents, insertFrom } from './events.store.ts';

/** An event to record, and whom it concerns. */
export interface EventToRecord<Body = unknown> {
  organizationId: string;
  profileId: string | null;
  body: Body;
}

/** Writes events into the transaction of the change they report; the relay numbers them after the commit. */
export interface EventRecorder {
  record<Schema extends TSchema>(
    tx: Tx,
    definition: EventDefinition<Schema>,
    event: EventToRecord<Static<Schema>>,
  ): Promise<void>;
  /** The same for several events of one transaction, in one statement and in their order. */
  recordAll(
    tx: Tx,
    events: readonly (EventToRecord & { definition: Pick<EventDefinition, 'name'> })[],
  ): Promise<void>;
  /** From now on what is recorded one by one in a transaction is put into this list. */
  noteIn(tx: Tx, list: { id: string; name: string }[]): void;
  /** An insert to put into the statement of the change itself; call `committed` when that has run. */
  insertFrom(rows: EventsOfRows): RawBuilder<unknown>;
  /** Wakes the relay after a statement that recorded through `insertFrom`. */
  committed(): void;
  /** The same for events that may be numbered with the next ones, within some 25 ms: others follow them anyway. */
  committedBeside(): void;
}

/** A recorder that pokes the relay of this node as soon as the transaction has committed. */
export function createRecorder(
  clock: Clock,
  committed: () => void,
  committedBeside: () => void = committed,
): EventRecorder {
  const noted = new WeakMap<Tx, { id: string; name: string }[]>();
  const recordAll: EventRecorder['recordAll'] = async (tx, events) => {
    if (events.length === 0) return;
    const ids = events.map(() => newId());
    noted
      .get(tx)
      ?.push(...events.map(({ definition }, index) => ({ id: String(ids[index]), name: definition.name })));
    await insertEvents(
      tx,
      events.map((event, index) => ({
        id: String(ids[index]),
        position: null,
        name: event.definition.name,
        organization_id: event.organizationId,
        profile_id: event.profileId,
        body: JSON.stringify(event.body),
        occurred_at: clock.now(),
      })),
    );
    afterCommit(tx, committed);
  };
  return {
    recordAll,
    noteIn: (tx, list) => void noted.set(tx, list),
    record: (tx, definition, event) => recordAll(tx, [{ ...event, definition }]),
    insertFrom: (rows) => insertFrom(rows, clock.now()),
    committed,
    committedBeside,
  };
}
