import { dayMs } from '../../../platform/clock.ts';
import type { Problem } from '../../../platform/failures.ts';
import { actions } from '../actions/actions.ts';
import type { Program, ProgramNode } from './program.ts';

const daysDefault = 30;

const longestWait = ({ kind, config }: ProgramNode): number => actions.get(kind)?.waitsSeconds?.(config) ?? 0;

/**
 * How long a run may last before it is ended: as many days as its automation says, or thirty days and what its own waits may
 * take.
 */
export function lifeMsOf({ settings, nodes }: Pick<Program, 'settings' | 'nodes'>): number {
  if (settings.expiresAfterDays !== undefined) return settings.expiresAfterDays * dayMs;
  const waits = Object.values(nodes).reduce((sum, node) => sum + longestWait(node), 0);
  return daysDefault * dayMs + waits * 1_000;
}

/** Waits that a run could never end. */
export function problemsOfLife(
  { settings }: Pick<Program, 'settings'>,
  nodes: readonly (ProgramNode & { path: string })[],
): Problem[] {
  const { expiresAfterDays: days } = settings;
  if (days === undefined) return [];
  return nodes
    .filter((node) => longestWait(node) * 1_000 > days * dayMs)
    .map(({ path }) => ({ path, problem: `waits longer than its runs may last: ${days} days` }));
}
