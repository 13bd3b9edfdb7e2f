import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { RawBuilder } from 'kysely';
import type { Tx } from './db/transaction.ts';
import type { EventDefinition, RecordedEvent } from './events/define.ts';
import type { BoundJob, JobDefinition } from './jobs/define.ts';
import type { Keeps } from './keeps/keeps.ts';

/** The HTTP server for features: schemas are TypeBox and type the handler. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Work of a reader that is one insert, run together with the step of its cursor. */
export interface WorkAtOnce {
  /** Called `work` in the statement; inserts only where the table `at_cursor` has a row. */
  readonly insert: RawBuilder<unknown>;
  /** A query on `work`: what `done` is to hear of. */
  readonly made: RawBuilder<unknown>;
  /** Called after the commit. */
  done(made: readonly unknown[]): void;
  /** It could not be run. */
  failed(): void;
}

/** A reaction to events, read by position with a cursor of its own; a batch whose transaction fails comes again. */
export type EventReader = ReaderBase & (InTransaction | AtOnce);

interface InTransaction {
  /** At most 200 events in order. The cursor moves in `tx`: work done in it is never done twice. */
  read(events: RecordedEvent[], tx: Tx): Promise<void>;
  readAtOnce?: never;
}

interface AtOnce {
  /** The same as one statement; undefined when there is nothing to do. */
  readAtOnce(events: RecordedEvent[]): Promise<WorkAtOnce | undefined>;
  read?: never;
}

interface ReaderBase {
  /** Literal and unique: the cursor is stored under it. */
  readonly name: string;
  /**
   * Whether the reader needs any of these events. If not, the cursor moves a little later without a transaction of its
   * own; after a crash before that the question comes again. Absent: it needs all.
   */
  concerns?(events: RecordedEvent[]): Promise<boolean>;
  /** Batches begin at least this far apart, for a reader that may be late and works the better with several events. */
  readonly restMs?: number;
  /** Another node has read on with this cursor: this node has missed some events. */
  passed?(): void;
}

/** A metric, read at each request. */
export interface Figure {
  /** A Prometheus name: `multiwa_…`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** It only ever grows, until the process ends. */
  readonly isCounter?: boolean;
  read(): Promise<readonly { labels?: Record<string, string>; value: number }[]>;
}

/** One area of the API, as HTTP, socket and jobs know it. They know nothing else about it. */
export interface Feature {
  readonly name: string;
  routes?(app: App): void;
  readonly events?: readonly EventDefinition[];
  readonly jobs?: readonly BoundJob[];
  /** Jobs this feature enqueues, so that an orphan is refused at the start. */
  readonly enqueues?: readonly JobDefinition[];
  readonly readers?: readonly EventReader[];
  readonly figures?: readonly Figure[];
  /** Forgets what it keeps for a limited time; called once an hour. Running twice changes nothing. */
  purge?(): Promise<unknown>;
  /** What it keeps in the database: every table of its own, shown in exports or withheld, and how it is erased. */
  readonly keeps?: Keeps;
  start?(): Promise<void>;
  /** The server begins to stop: requests that wait for something are answered now. Everything still works. */
  drain?(): void;
  /** Ends work under way, so that nothing has to be repaired at the next start. */
  stop?(): Promise<void>;
}
