import type { Clock } from '../../../platform/clock.ts';
import { createWakeAt } from '../../../platform/concurrency/wake-at.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { Log } from '../../../platform/log.ts';
import type { Tracing } from '../../../platform/tracing/tracing.ts';
import type { Live, Pauses } from '../../profiles/index.ts';
import type { Groups } from '../groups.ts';
import type { Waiting } from '../waiting.ts';
import { createOutboxStore } from './outbox.store.ts';
import { createOutbox } from './outbox.ts';
import { createAlone } from './progress.ts';
import { createRecipients } from './recipients.ts';
import { createSettler } from './settle.ts';

/** The queues of messages on their way out: here, on other nodes, and until their time has come. */
export function createQueues(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  tracing: Pick<Tracing, 'span'>;
  events: EventRecorder;
  groups: Groups;
  waiting: Waiting;
  pauses: Pauses;
  live(profileId: string): Live | undefined;
  tellOwner(what: 'outbox', profileId: string): void;
}) {
  const { db, clock, log, waiting } = deps;
  const store = createOutboxStore(db, clock, deps.events);
  const alone = createAlone();
  const settler = createSettler({ store, alone, decided: waiting.decided });
  const recipients = createRecipients({ db, clock, store, events: deps.events });
  const outbox = createOutbox({ ...deps, store, settler, recipients });

  /** Looks at what is queued for a profile that is connected here; false when it is not. */
  function here(profileId: string): boolean {
    outbox.poke(profileId);
    return deps.live(profileId) !== undefined;
  }
  const poke = (profileId: string) => here(profileId) || deps.tellOwner('outbox', profileId);

  const due = createWakeAt({
    clock,
    async look() {
      const { profileIds, next } = await store.release();
      profileIds.forEach(poke);
      return next;
    },
    failed: (err) => log.warn({ err }, 'messages that are due could not be looked for; trying again'),
  });
  return { store, alone, outbox, here, poke, due };
}
