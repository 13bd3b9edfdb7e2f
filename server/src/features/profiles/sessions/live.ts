import type {
  Engine,
  EngineSession,
  GroupNews,
  IncomingMessage,
  Listener,
  Receipt,
  Settle,
} from '../../../engines/port.ts';
import type { Lease } from '../leases.store.ts';
import type { Tries } from './tries.ts';

/** A connection this node holds for a profile, for as long as `ended` has not fired. */
export interface Live {
  readonly profileId: string;
  readonly organizationId: string;
  readonly generation: number;
  readonly engine: Engine;
  readonly session: EngineSession;
  /** Fires when the connection ended or the lease was lost: nothing more may be sent through it. */
  readonly ended: AbortSignal;
}

/** What the rest of the server does with connections; set once, before the start. */
export interface SessionHandlers {
  /** The profile can send from now on. */
  connected(live: Live): void;
  /** Resolves when no work of an ended connection is under way any more. */
  settled(profileId: string): Promise<void>;
  received(live: Live, messages: IncomingMessage[], settle: Settle): Promise<void>;
  receipts(live: Live, receipts: Receipt[]): Promise<void>;
  past(live: Live, ...args: Parameters<NonNullable<Listener['past']>>): Promise<void>;
  stateTold(live: Live, ...args: Parameters<NonNullable<Listener['stateTold']>>): Promise<void>;
  presences(live: Live, ...args: Parameters<NonNullable<Listener['presences']>>): void;
  chatsTold(live: Live, ...args: Parameters<Listener['chatsTold']>): Promise<void>;
  groupsTold(live: Live, news: GroupNews[]): Promise<void>;
  samePerson(live: Live, pairs: Parameters<Listener['samePerson']>[0]): Promise<void>;
  /** Somebody was blocked, or is no longer, on another device. */
  blocksChanged?(live: Live): void;
  /** People changed what they show of themselves. */
  peopleChanged?(live: Live, ...args: Parameters<NonNullable<Listener['peopleChanged']>>): void;
  recall(live: Live, ...args: Parameters<Listener['recall']>): ReturnType<Listener['recall']>;
}

/** A profile that this node owns, with its connection. */
export interface OwnedProfile {
  readonly lease: Lease;
  live: Live | undefined;
  end: AbortController | undefined;
  connected: boolean;
  /** When the connection came up, on the process's own clock. */
  upSinceMs: number | undefined;
  /** Lets the next login begin. */
  loginOver: (() => void) | undefined;
  /** The number whose phone is to type a code; undefined when it is to scan one or is paired. */
  pairingPhone: string | undefined;
  readonly tries: Tries;
  retry: NodeJS.Timeout | undefined;
}
