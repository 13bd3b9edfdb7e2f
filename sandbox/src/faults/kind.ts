import type { BinaryNode } from '../wire/node.ts';

/**
 * When a fault strikes:
 * `connect` as a client connects; `hello` as the server proves who it is; `login` as a client logs in; `in` when the
 * client says something; `out` when the network says something; `answer` when it says something the fault can spoil;
 * `act` at once on live connections, or when the stanza it waits for comes; `account` at once on live connections and
 * at every login; `state` at once on what the network or a phone keeps; `upload` and `download` as a file is.
 */
export type FaultStage =
  | 'connect'
  | 'hello'
  | 'login'
  | 'in'
  | 'out'
  | 'answer'
  | 'act'
  | 'account'
  | 'state'
  | 'upload'
  | 'download';

/** What a fault makes of a stanza: another one, `nothing`, or undefined when it has no business with it. */
export type Spoiled = BinaryNode | 'nothing' | undefined;

export interface FaultKind {
  readonly stage: FaultStage;
  /** How often it strikes unless `count` says otherwise; Infinity: until it is cleared. */
  readonly times: number;
  readonly what: string;
  /** Tags of the stanzas it can strike; left out: any, or it strikes none. */
  readonly stanzas?: readonly string[] | undefined;
  /** Error code it answers with, unless `code` says otherwise. */
  readonly code?: number;
}

export const ALWAYS = Number.POSITIVE_INFINITY;
