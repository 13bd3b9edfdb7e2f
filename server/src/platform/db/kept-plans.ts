import type { PoolClient } from 'pg';
import { errorCode } from './database-unusable.ts';

/** Statements of one connection whose plans are kept at most; lists of changing length would fill it for nothing. */
const plansMax = 150;
const countedMax = 1000;
const cachedPlanFailed = '0A000';

type Query = (textOrConfig: unknown, values?: unknown, ...rest: unknown[]) => unknown;

/**
 * Lets PostgreSQL keep the plans of statements that come again on a connection: planning a statement of several
 * parts costs it more than running it. A statement is prepared when it comes the second time. When a migration of
 * another node changes what a kept plan answers, PostgreSQL refuses it once, and this connection prepares no more.
 */
export function keepPlans(client: PoolClient): void {
  const names = new Map<string, string>();
  const counted = new Map<string, true>();
  let enabled = true;
  const query = client.query.bind(client) as Query;

  function nameOf(text: string): string | undefined {
    const name = names.get(text);
    if (name !== undefined || names.size >= plansMax) return name;
    if (!counted.has(text)) {
      if (counted.size >= countedMax) counted.clear();
      counted.set(text, true);
      return undefined;
    }
    counted.delete(text);
    names.set(text, `plan_${names.size}`);
    return names.get(text);
  }

  const planned: Query = (text, values, ...rest) => {
    const isPlain =
      typeof text === 'string' && Array.isArray(values) && values.length > 0 && rest.length === 0;
    const name = isPlain && enabled ? nameOf(text) : undefined;
    if (!name) return query(text, values, ...rest);
    return (query({ name, text, values }) as Promise<unknown>).catch((error: unknown) => {
      if (errorCode(error) === cachedPlanFailed) enabled = false;
      throw error;
    });
  };
  client.query = planned as typeof client.query;
}
