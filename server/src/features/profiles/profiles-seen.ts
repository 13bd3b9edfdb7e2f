import type { Actor } from '../../platform/actor.ts';
import { type Clock, dayMs, later } from '../../platform/clock.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';
import type { ProfileStatus } from './connection-table.ts';
import { type pageOf, writeCursor } from './profile-list.ts';
import { presentReason } from './profiles.present.ts';
import type { ProfileStore } from './profiles.store.ts';
import type { ProfileFilter, ProfileSeen, SeenStore } from './profiles-seen.store.ts';
import { statusReasonOf } from './status-reasons.ts';

/** How long it is kept what statuses a profile had. */
const statesKeptMs = 90 * dayMs;

/** What clients see of many profiles: lists, counts, and what became of one. */
export function createProfilesSeen(deps: { store: ProfileStore; seen: SeenStore; clock: Clock }) {
  const { store, seen, clock } = deps;

  async function checkPlace(actor: Actor, { workspaceId, accountId }: ProfileFilter): Promise<void> {
    if (accountId && !(await store.accountOf(actor, accountId))) throw new Failure('ACCOUNT_NOT_FOUND');
    if (workspaceId === undefined) return;
    const isThere = isUuid(workspaceId) && (await store.workspaceOf(actor, workspaceId));
    if (!isThere) throw new Failure('WORKSPACE_NOT_FOUND');
  }

  return {
    /** @throws Failure WORKSPACE_NOT_FOUND or ACCOUNT_NOT_FOUND, where the filter names one. */
    async list(
      actor: Actor,
      filter: ProfileFilter,
      page: ReturnType<typeof pageOf>,
    ): Promise<{ rows: ProfileSeen[]; next: string | null }> {
      await checkPlace(actor, filter);
      const found = await seen.list(actor, filter, { ...page, now: clock.now() });
      const rows = found.slice(0, page.limit - 1);
      const last = found.length > rows.length ? rows.at(-1) : undefined;
      return { rows, next: last ? writeCursor(page.sort, { key: last.sort_key, id: last.id }) : null };
    },

    /** @throws Failure PROFILE_NOT_FOUND */
    async get(actor: Actor, id: string, accountId?: string): Promise<ProfileSeen> {
      const row = await seen.get(actor, id, clock.now());
      if (!row || (accountId && row.account_id !== accountId)) throw new Failure('PROFILE_NOT_FOUND');
      if (accountId && !(await store.accountOf(actor, accountId))) throw new Failure('PROFILE_NOT_FOUND');
      return row;
    },

    /** A query of the ids of those. @throws Failure WORKSPACE_NOT_FOUND */
    async chosen(actor: Actor, which: { filter: ProfileFilter } | { ids: readonly string[] }) {
      if ('filter' in which) await checkPlace(actor, which.filter);
      return seen.chosen(actor, which);
    },

    async counts(actor: Actor, filter: ProfileFilter) {
      await checkPlace(actor, filter);
      const rows = await seen.counts(actor, filter);
      const of = (what: string) => rows.filter((row) => row.what === what);
      const statuses = of('status');
      const reasons = statuses.flatMap(({ name, also, n }) => {
        const code = statusReasonOf(also)?.code;
        return code ? [{ status: name ?? '', code, count: n }] : [];
      });
      const sums = Map.groupBy(reasons, ({ status, code }) => `${status} ${code}`);
      const named = (what: string) => of(what).map(({ name, n }) => ({ name: name ?? '', count: n }));
      return {
        total: sum(statuses.map(({ n }) => n)),
        byStatus: totals(statuses.map(({ name, n }): [string, number] => [name ?? '', n])),
        byEngine: totals(named('engine').map(({ name, count }): [string, number] => [name, count])),
        reasons: [...sums.values()].flatMap(([first, ...others]) =>
          first ? [{ ...first, count: sum([first, ...others].map(({ count }) => count)) }] : [],
        ),
        nodes: named('node'),
        labels: named('label'),
      };
    },

    /** @throws Failure PROFILE_NOT_FOUND */
    async states(
      actor: Actor,
      id: string,
      { before, limit }: { before?: string | undefined; limit: number },
    ) {
      if (!(await store.find(actor, id))) throw new Failure('PROFILE_NOT_FOUND');
      const found = await seen.states(id, { before, limit: limit + 1 });
      const rows = found.slice(0, limit);
      return {
        states: rows.map((row) => ({
          ...{ status: row.status as ProfileStatus, ...presentReason(row.reason) },
          ...{ nodeId: row.node_id, at: row.at.toISOString() },
        })),
        nextCursor: found.length > rows.length ? String(rows.at(-1)?.id) : null,
      };
    },

    purge: () => seen.purgeStates(later(clock.now(), -statesKeptMs)),
  };
}
export type ProfilesSeen = ReturnType<typeof createProfilesSeen>;

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

function totals(entries: readonly [string, number][]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const [name, n] of entries) all[name] = (all[name] ?? 0) + n;
  return all;
}
