import type { Address } from '../accounts/account.ts';
import type { Connection } from '../wire/connection.ts';
import type { BinaryNode } from '../wire/node.ts';

/** An iq of a logged-in device. */
export interface Query {
  readonly connection: Connection;
  readonly caller: Address;
  readonly iq: BinaryNode;
  /** The first child: what is asked. */
  readonly ask: BinaryNode;
}

/**
 * What a query is answered with: children of the result, or an error. `after` runs once the answer is on its way;
 * `isUnknown` tells that nobody here knows what was asked.
 */
export type Answer =
  | { content?: BinaryNode[]; after?: () => void; isUnknown?: true }
  | { error: number; text: string; backoff?: number | undefined };

/** Answers the queries of one xmlns. */
export type QueryHandler = (query: Query) => Answer;

/** Whether an iq wants an answer. Clients send their statistics without a type. */
export const isQuestion = ({ attrs: { type, xmlns } }: BinaryNode): boolean =>
  type === 'get' || type === 'set' || (type === undefined && xmlns === 'w:stats');

export const EMPTY: Answer = {};
/** An empty result, as the real network gives for what it does not support: silence would cost the client a minute. */
export const UNKNOWN: Answer = { isUnknown: true };
export const BAD_REQUEST: Answer = { error: 400, text: 'bad-request' };
/** What the real network has and this one does not carry, as newsletters and communities. */
export const NOT_CARRIED: Answer = { error: 501, text: 'feature-not-implemented' };
/** Answers every query of an xmlns that is not carried. */
export const notCarriedQueries: QueryHandler = () => NOT_CARRIED;
