import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { JobEraser, JobQueue } from '../../../platform/jobs/jobs.ts';
import type { LeavingStore } from '../../organizations/index.ts';
import { eraseOrganization } from '../gdpr.jobs.ts';
import type { OrganizationErasure } from './organization.store.ts';

/** How long one run of the job waits for the devices to be unlinked. */
const unlinkMsMax = 20_000;
/** After this long the data is deleted even if a device could not be unlinked. */
const patienceMs = 10 * 60_000;
const pollMs = 50;
const askEveryMs = 2_000;

export interface OrganizationEraserDeps {
  db: Db;
  clock: Clock;
  jobs: JobQueue & JobEraser;
  organizations: OrganizationErasure;
  members: Pick<LeavingStore, 'erasingSince' | 'beingErased'>;
}

/** Deletes the data of an organisation that is being erased. Each step may be interrupted and repeated. */
export function createOrganizationEraser(deps: OrganizationEraserDeps) {
  const { db, clock, jobs, organizations, members } = deps;

  /** Unlinks the devices, which needs their keys. @throws Error when it takes too long for one run. */
  async function unlinkDevices(organizationId: string, since: Date, signal: AbortSignal): Promise<void> {
    const giveUpAtMs = performance.now() + unlinkMsMax;
    let askedAtMs = Number.NEGATIVE_INFINITY;
    for (;;) {
      const outside = await organizations.outside(organizationId);
      const nowMs = performance.now();
      if (outside.length === 0 || clock.now().getTime() - since.getTime() > patienceMs) return;
      if (nowMs > giveUpAtMs) throw new Error(`${outside.length} devices are not unlinked yet`);
      if (nowMs - askedAtMs > askEveryMs) {
        for (const end of outside) end();
        askedAtMs = nowMs;
      }
      await pause(pollMs, undefined, { signal });
    }
  }

  async function deleteRows(organizationId: string, signal: AbortSignal): Promise<void> {
    await jobs.discard(db, await organizations.ids(organizationId));
    for (const piece of organizations.pieces()) {
      while ((await piece(organizationId)) > 0) signal.throwIfAborted();
    }
  }

  return {
    async erase({ organizationId }: { organizationId: string }, signal: AbortSignal): Promise<void> {
      const since = await members.erasingSince(organizationId);
      if (since === null) return;
      if (since) {
        await unlinkDevices(organizationId, since, signal);
        await deleteRows(organizationId, signal);
      }
      // The payload of this job names the organisation too.
      await jobs.discard(db, [organizationId]);
    },

    /** Enqueues the job again for organisations that are half erased, in case it was lost. */
    async resume(): Promise<void> {
      for (const organizationId of await members.beingErased()) {
        await inTransaction(db, (tx) => jobs.enqueue(tx, eraseOrganization, { organizationId }));
      }
    },
  };
}
