import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Tx } from './db/transaction.ts';
import type { EventDefinition, RecordedEvent } from './events/define.ts';
import type { BoundJob, JobDefinition } from './jobs/define.ts';
import type { Keeps } from './keeps/keeps.ts';

/** The HTTP door as a feature sees it: schemas are TypeBox and type the handler. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** A reaction to events, read by position with a cursor of its own; a batch whose transaction fails comes again. */
export interface EventReader {
  /** Literal and unique: the cursor is kept under it. */
  readonly name: string;
  /** At most 200 events in order. The cursor moves in `tx`: work done in it is never done twice. */
  read(events: RecordedEvent[], tx: Tx): Promise<void>;
  /**
   * Whether any of these is of interest. After a no the cursor moves without a transaction of its own, some
   * moments later; a crash before that asks again. Absent: all are.
   */
  concerns?(events: RecordedEvent[]): Promise<boolean>;
  /** Another node has read on in our place: some events were never seen here. */
  passed?(): void;
}

/** A number operators watch, read anew whenever it is asked for. */
export interface Figure {
  /** As Prometheus wants names: `multiwa_…`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  read(): Promise<readonly { labels?: Record<string, string>; value: number }[]>;
}

/** What one area of the API brings to the doors. Doors know nothing else about it. */
export interface Feature {
  readonly name: string;
  routes?(app: App): void;
  readonly events?: readonly EventDefinition[];
  readonly jobs?: readonly BoundJob[];
  /** Jobs this feature enqueues, so that an orphan is refused at the start. */
  readonly enqueues?: readonly JobDefinition[];
  readonly readers?: readonly EventReader[];
  readonly figures?: readonly Figure[];
  /** What it keeps in the database: every table of its own, shown in exports or withheld, and how it is erased. */
  readonly keeps?: Keeps;
  start?(): Promise<void>;
  /** The server begins to stop: answers that are held for something to happen go out now. Everything still works. */
  drain?(): void;
  /** Lets go of work under way, so that nothing has to be repaired at the next start. */
  stop?(): Promise<void>;
}
