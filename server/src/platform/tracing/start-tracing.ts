import type { Db } from '../db/transaction.ts';
import type { Log } from '../log.ts';
import { noTracing, type Tracing, type TracingConfig } from './tracing.ts';

/** What traces is loaded only where an endpoint is set. */
export async function startTracing(deps: {
  config: TracingConfig;
  db: Db;
  log: Log;
  version: string;
  nodeId: string;
}): Promise<Tracing> {
  if (deps.config.otelEndpoint === undefined) return noTracing;
  const { createOtel } = await import('./otel.ts');
  return createOtel({ ...deps, endpoint: deps.config.otelEndpoint });
}
