import type { Static, TObject, TProperties, TSchema } from 'typebox';

/** What a job is: its literal name, what it carries, and how often and how long it may be tried. */
export interface JobDefinition<Schema extends TSchema = TSchema> {
  readonly name: string;
  readonly payload: Schema;
  /** At most one job with the same key waits, and at most one runs. */
  readonly onceKey?: (payload: Static<Schema>) => string;
  readonly attemptsMax: number;
  readonly backoffSeconds: number;
  readonly timeoutSeconds: number;
  /** A done job is deleted after this time, a failed one after a day; three days for both when absent. */
  readonly keepSeconds?: number;
  /** Cron expression (UTC) of a job that repeats; its payload is `{}`. */
  readonly cron?: string;
  /**
   * So many of one organisation run at the same time, on all nodes together: what lasts for one holds up no other. Whoever
   * enqueues says whose it is.
   */
  readonly ofOneMax?: number;
  /** Binds the definition to the deed; the deed may run twice for one job. */
  runs(deed: (payload: Static<Schema>, signal: AbortSignal) => Promise<void>): BoundJob;
}

export interface BoundJob {
  readonly definition: JobDefinition;
  readonly deed: (payload: never, signal: AbortSignal) => Promise<void>;
}

/** Declares a job. */
export function defineJob<Properties extends TProperties>(job: {
  name: string;
  payload: TObject<Properties>;
  onceKey?: (payload: Static<TObject<Properties>>) => string;
  attemptsMax?: number;
  backoffSeconds?: number;
  timeoutSeconds?: number;
  keepSeconds?: number;
  cron?: string;
  ofOneMax?: number;
}): JobDefinition<TObject<Properties>> {
  const definition: JobDefinition<TObject<Properties>> = {
    name: job.name,
    payload: job.payload,
    attemptsMax: job.attemptsMax ?? 5,
    backoffSeconds: job.backoffSeconds ?? 5,
    timeoutSeconds: job.timeoutSeconds ?? 60,
    ...(job.onceKey && { onceKey: job.onceKey }),
    ...(job.keepSeconds !== undefined && { keepSeconds: job.keepSeconds }),
    ...(job.cron && { cron: job.cron }),
    ...(job.ofOneMax && { ofOneMax: job.ofOneMax }),
    runs: (deed) => ({ definition: definition as unknown as JobDefinition, deed: deed as BoundJob['deed'] }),
  };
  return definition;
}
