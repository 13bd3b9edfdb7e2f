import type { Json } from '../../../platform/db/json-column.ts';
import type { Problem } from '../../../platform/failures.ts';
import type { Source } from '../../templates/index.ts';
import type { Facts } from '../match/facts.ts';

/** Something to be done outside the interpreter, in the transaction of the step. */
export type Effect =
  | { readonly do: 'send'; readonly type: string; readonly fields: Json }
  | { readonly do: 'tag'; readonly add: readonly string[]; readonly remove: readonly string[] }
  | { readonly do: 'contact'; readonly name?: string; readonly metadata?: Json }
  | { readonly do: 'assign'; readonly userId: string | null }
  | { readonly do: 'hand-over'; readonly hours: number; readonly userId: string | null };

/** A request that is made between two transactions, and again after a crash, with the same key. */
export interface Call {
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly body: Json | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of whatever answers in words: they are sent. */
  readonly answers?: 'reply' | 'ai';
}

/** What an action comes to. */
export type Act =
  | {
      readonly is: 'done';
      readonly effects?: readonly Effect[];
      readonly vars?: Readonly<Record<string, string>>;
      /** `done` unless said. */
      readonly exit?: string;
      /** What is told of it. */
      readonly data?: Json;
    }
  | { readonly is: 'failed'; readonly error: string; readonly code?: string }
  | { readonly is: 'wait'; readonly for: 'time'; readonly ms: number }
  /** `variable` gets what the person says. */
  | { readonly is: 'wait'; readonly for: 'reply'; readonly ms: number; readonly variable?: string }
  | { readonly is: 'call'; readonly call: Call }
  | { readonly is: 'end' };

/** What actions may look at. */
export interface Scene {
  readonly facts: Facts;
  /** For the variables in texts. */
  readonly sources: readonly Source[];
  readonly automation: { readonly id: string | null; readonly name: string };
  readonly runId: string;
  readonly profileId: string;
}

/** What checking an action needs beside it. */
export interface CheckTools {
  /** Checks what is sent as the routes that send do; answers problems with paths below `/content`. */
  readSend(type: string, content: unknown): { fields: Json } | { problems: Problem[] };
}

/** A kind of action, by all its names. */
export interface ActionKind {
  readonly types: readonly string[];
  /** What whoever switches it on must be allowed. */
  readonly needs?: 'message:send' | 'webhook:manage';
  /** Exits beside `done` and `error`. */
  exits?(config: Json): readonly string[];
  problems(config: Json, path: string, tools: CheckTools): Problem[];
  act(config: Json, scene: Scene): Act;
}
