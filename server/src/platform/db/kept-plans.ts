import type { PoolClient } from 'pg';
import { errorCode } from './database-unusable.ts';

/** Plans kept for one connection at most: statements with lists of changing length make many that are not used again. */
const plansMax = 150;
const seenOnceMax = 1000;
const cachedPlanFailed = '0A000';

type Query = (textOrConfig: unknown, values?: unknown, ...rest: unknown[]) => unknown;

/**
 * Lets PostgreSQL keep the plans of repeated statements of a connection: planning a statement of several parts costs
 * more than running it. A statement is prepared when it comes the second time. When a migration of another node
 * changes the columns of a kept plan, PostgreSQL refuses it once, and this connection prepares no more.
 */
export function keepPlans(client: PoolClient): void {
  const names = new Map<string, string>();
  const seenOnce = new Map<string, true>();
  let enabled = true;
  const query = client.query.bind(client) as Query;

  function nameOf(text: string): string | undefined {
    const name = names.get(text);
    if (name !== undefined || names.size >= plansMax) return name;
    if (!seenOnce.has(text)) {
      if (seenOnce.size >= seenOnceMax) seenOnce.clear();
      seenOnce.set(text, true);
      return undefined;
    }
    seenOnce.delete(text);
    names.set(text, `plan_${names.size}`);
    return names.get(text);
  }

  const queryWithPlan: Query = (text, values, ...rest) => {
    const isPlain =
      typeof text === 'string' && Array.isArray(values) && values.length > 0 && rest.length === 0;
    const name = isPlain && enabled ? nameOf(text) : undefined;
    if (!name) return query(text, values, ...rest);
    return (query({ name, text, values }) as Promise<unknown>).catch((error: unknown) => {
      if (errorCode(error) === cachedPlanFailed) enabled = false;
      throw error;
    });
  };
  client.query = queryWithPlan as typeof client.query;
}
