import type { Static, TObject, TProperties, TSchema } from 'typebox';

/** What a job is: its literal name, what it carries, and how often and how long it may be tried. */
export interface JobDefinition<Schema extends TSchema = TSchema> {
  readonly name: string;
  readonly payload: Schema;
  /** Never two of these at work or waiting with the same key. */
  readonly onceKey?: (payload: Static<Schema>) => string;
  readonly attemptsMax: number;
  readonly backoffSeconds: number;
  readonly timeoutSeconds: number;
  /** A done one is forgotten after so long, a failed one after a day; three days for both when absent. */
  readonly keepSeconds?: number;
  /** Cron expression (UTC) for work that comes round by itself; its payload is `{}`. */
  readonly cron?: string;
  /** Binds the definition to the deed; the deed may run twice for one job. */
  runs(deed: (payload: Static<Schema>, signal: AbortSignal) => Promise<void>): BoundJob;
}

export interface BoundJob {
  readonly definition: JobDefinition;
  readonly deed: (payload: never, signal: AbortSignal) => Promise<void>;
}

/** Declares a job. */
export function defineJob<Properties extends TProperties>(given: {
  name: string;
  payload: TObject<Properties>;
  onceKey?: (payload: Static<TObject<Properties>>) => string;
  attemptsMax?: number;
  backoffSeconds?: number;
  timeoutSeconds?: number;
  keepSeconds?: number;
  cron?: string;
}): JobDefinition<TObject<Properties>> {
  const definition: JobDefinition<TObject<Properties>> = {
    name: given.name,
    payload: given.payload,
    attemptsMax: given.attemptsMax ?? 5,
    backoffSeconds: given.backoffSeconds ?? 5,
    timeoutSeconds: given.timeoutSeconds ?? 60,
    ...(given.onceKey && { onceKey: given.onceKey }),
    ...(given.keepSeconds !== undefined && { keepSeconds: given.keepSeconds }),
    ...(given.cron && { cron: given.cron }),
    runs: (deed) => ({ definition: definition as unknown as JobDefinition, deed: deed as BoundJob['deed'] }),
  };
  return definition;
}
