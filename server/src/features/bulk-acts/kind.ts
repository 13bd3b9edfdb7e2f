import type { RawBuilder } from 'kysely';
import type { Static, TObject } from 'typebox';
import type { Actor } from '../../platform/actor.ts';
import type { Json } from '../../platform/db/json-column.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import type { EventDefinition } from '../../platform/events/define.ts';
import type { FailureCode } from '../../platform/failures.ts';
import type { Permission } from '../../platform/permissions.ts';
import type { BulkName } from './bulk-acts.tables.ts';

/** What became of one thing. */
export interface Outcome {
  id: string;
  is: 'changed' | 'unchanged' | 'failed';
  code?: string;
  reason?: string;
}

/** An act that is under way. */
export interface BulkAct {
  readonly id: string;
  readonly profileId: string | null;
  readonly act: string;
  readonly about: Json;
}

/** What an order is about, for whoever may see it. */
export interface Chosen {
  /** Null: it may be about several. */
  profileId: string | null;
  /** What goes with the act: it is shown and told, and handed to whoever does it. */
  about: Json;
  /** A query with one column, `id`: each thing once, or more often. */
  ids: RawBuilder<unknown>;
}

/** Things of one kind, and what can be done to many of them. Brought by the feature that owns them. */
export interface BulkKind<Order extends TObject = TObject> {
  readonly name: BulkName;
  /** As in `/contacts`. */
  readonly path: string;
  readonly tag: string;
  /** Of the routes; an act may need another one besides. */
  readonly access: Permission;
  readonly summary: string;
  readonly description: string;
  readonly order: Order;
  readonly answer: TObject;
  readonly refusals: readonly FailureCode[];
  /** Told while it goes on, and at its end; an event of the feature that brings the kind. */
  readonly event: EventDefinition;
  permissionOf(act: string): Permission;
  /** @param actor with the reach of the permission of the act. @throws Failure when there is something wrong with the order */
  read(actor: Actor, order: Static<Order>): Promise<Chosen>;
  /** How many are done in one transaction. With one, a failure is the result of that one. */
  atOnce(act: string): number;
  /** What has to be done before, outside of a transaction; it may be done twice. */
  ahead?(actor: Actor, bulk: BulkAct, id: string): Promise<void>;
  /** Does them and answers what became of each; one it leaves out is unchanged. @throws Failure */
  act(tx: Tx, actor: Actor, bulk: BulkAct, ids: readonly string[]): Promise<readonly Outcome[]>;
}

/** Declares what can be done to many things of a kind. */
export const defineBulkKind = <Order extends TObject>(kind: BulkKind<Order>): BulkKind =>
  kind as unknown as BulkKind;
