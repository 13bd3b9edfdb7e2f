import type { Figure } from '../../../platform/feature.ts';

/** How a call ended, and what it took. */
interface Ended {
  readonly outcome: string;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly ms: number;
}

/** Shown from the start as none; each pair of a purpose and an outcome is a series, and both are few. */
const usual = ['complete', 'reply', 'search', 'ingest'];

/** How often language models were asked from this process, how it went, and what it took. */
export function createAiFigures(deps: { fullest(): Promise<number> }) {
  const calls = new Map<string, { purpose: string; outcome: string; value: number }>();
  const tokens = { in: 0, out: 0 };
  const seconds = new Map<string, number>();
  for (const purpose of usual) {
    calls.set(`${purpose} ok`, { purpose, outcome: 'ok', value: 0 });
    seconds.set(purpose, 0);
  }

  const figures: Figure[] = [
    {
      name: 'multiwa_ai_calls_total',
      help: 'Questions to language models from this process.',
      ...{ labels: ['purpose', 'outcome'], isCounter: true },
      read: async () => [...calls.values()].map(({ value, ...labels }) => ({ labels, value })),
    },
    {
      name: 'multiwa_ai_tokens_total',
      help: 'Tokens that went to language models from this process, and came from them.',
      ...{ labels: ['direction'], isCounter: true },
      read: async () =>
        Object.entries(tokens).map(([direction, value]) => ({ labels: { direction }, value })),
    },
    {
      name: 'multiwa_ai_seconds_total',
      help: 'Seconds that this process waited for language models.',
      ...{ labels: ['purpose'], isCounter: true },
      read: async () => [...seconds].map(([purpose, value]) => ({ labels: { purpose }, value })),
    },
    {
      name: 'multiwa_ai_budget_ratio',
      help: 'The largest part of a limit of the month that an organisation has used; 1 is all of it.',
      read: async () => [{ value: await deps.fullest() }],
    },
  ];

  return {
    figures,

    /** A call ended. */
    count({ purpose }: { readonly purpose: string }, { outcome, tokensIn, tokensOut, ms }: Ended) {
      const key = `${purpose} ${outcome}`;
      calls.set(key, { purpose, outcome, value: (calls.get(key)?.value ?? 0) + 1 });
      tokens.in += tokensIn;
      tokens.out += tokensOut;
      seconds.set(purpose, (seconds.get(purpose) ?? 0) + ms / 1_000);
    },
  };
}

export type AiFigures = ReturnType<typeof createAiFigures>;
