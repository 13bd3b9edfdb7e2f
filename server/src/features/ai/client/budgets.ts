import type { Clock } from '../../../platform/clock.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import { newId } from '../../../platform/ids.ts';
import { aiBudget } from '../ai.events.ts';
import type { Provider } from '../provider/provider.ts';
import type { Amount, BudgetStore, ScopeLimit } from './budgets.store.ts';
import type { AiFigures } from './figures.ts';
import type { Outcome } from './trouble.ts';

/** A call that was allowed. */
export interface Reserved {
  readonly id: string;
  readonly limits: readonly ScopeLimit[];
}

export interface CallAbout {
  readonly organizationId: string;
  readonly profileId?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly purpose: string;
  readonly model: string;
}

export interface Spent {
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** The provider did not tell. */
  readonly estimated: boolean;
  readonly ms: number;
  readonly outcome: Outcome;
}

const million = 1_000_000;
const notices = [100, 80];

export const dayOf = (now: Date): string => now.toISOString().slice(0, 10);
export const monthScope = (now: Date): string => `month:${now.toISOString().slice(0, 7)}`;

/** What so many tokens cost, in the currency of the prices. */
export function costOf(
  provider: Pick<Provider, 'priceIn' | 'priceOut'>,
  tokensIn: number,
  tokensOut: number,
) {
  return ((provider.priceIn ?? 0) * tokensIn + (provider.priceOut ?? 0) * tokensOut) / million;
}

/** Takes what a call may cost before it is made, and writes down what it did cost. */
export function createBudgets(deps: {
  clock: Clock;
  events: Pick<EventRecorder, 'record'>;
  store: BudgetStore;
  figures: Pick<AiFigures, 'count'>;
}) {
  const { clock, store } = deps;

  const limitsOf = (provider: Provider, { profileId, purpose }: CallAbout, now: Date): ScopeLimit[] => [
    { scope: monthScope(now), tokens: provider.monthlyTokens, cost: provider.monthlyCost },
    // A long document is not to silence the profile for the day.
    ...(profileId && purpose !== 'ingest'
      ? [{ scope: `profile:${profileId}:${dayOf(now)}`, tokens: provider.dailyTokens, cost: null }]
      : []),
  ];

  return {
    /** @throws Failure AI_LIMIT_REACHED when what is left is not enough for the largest answer there may be */
    async reserve(
      provider: Provider,
      about: CallAbout,
      most: { tokensIn: number; tokensOut: number },
    ): Promise<Reserved> {
      const now = clock.now();
      const id = newId();
      const limits = limitsOf(provider, about, now);
      const amount = {
        tokens: most.tokensIn + most.tokensOut,
        cost: costOf(provider, most.tokensIn, most.tokensOut),
      };
      const refused = await store.reserve({ id, organizationId: about.organizationId, now }, limits, amount);
      if (!refused) return { id, limits };
      const isMonth = refused.full.startsWith('month:');
      throw new Failure('AI_LIMIT_REACHED', {
        says: `What the language model may be used for ${isMonth ? 'this month' : 'this profile today'} is used up.`,
        retryAfterSeconds: secondsUntil(now, isMonth),
      });
    },

    /** Once for each reservation. */
    async settle(
      provider: Provider,
      about: CallAbout,
      { id, limits }: Reserved,
      spent: Spent,
    ): Promise<void> {
      deps.figures.count(about, spent);
      const now = clock.now();
      const { organizationId, profileId = null, conversationId = null, purpose, model } = about;
      await store.inTransaction(async (tx) => {
        const changes = await store.settle(
          tx,
          {
            ...{ id, organizationId, profileId, conversationId, purpose, model, ...spent },
            ...{ cost: costOf(provider, spent.tokensIn, spent.tokensOut), at: now, day: dayOf(now) },
          },
          limits.map(({ scope }) => scope),
        );
        for (const { scope, before, after } of changes) {
          const limit = limits.find((one) => one.scope === scope);
          const percent =
            limit && notices.find((one) => share(before, limit) < one && share(after, limit) >= one);
          if (percent === undefined) continue;
          const isMonth = scope.startsWith('month:');
          await deps.events.record(tx, aiBudget, {
            ...{ organizationId, profileId: isMonth ? null : profileId },
            body: { scope: isMonth ? 'month' : 'profile', percent, timestamp: now.toISOString() },
          });
        }
      });
    },
  };
}

export type Budgets = ReturnType<typeof createBudgets>;

/** In percent, of whichever limit is nearer. */
function share(used: Amount, limit: ScopeLimit): number {
  const of = (part: number, whole: number | null) => (whole ? (part / whole) * 100 : 0);
  return Math.max(of(used.tokens, limit.tokens), of(used.cost, limit.cost));
}

function secondsUntil(now: Date, isMonth: boolean): number {
  const next = isMonth
    ? Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)
    : Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1);
  return Math.ceil((next - now.getTime()) / 1_000);
}
