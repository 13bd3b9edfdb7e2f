import type { Json } from '../../../platform/db/json-column.ts';
import type { Problem } from '../../../platform/failures.ts';
import type { StoredHeaders } from '../../../platform/sealed-headers.ts';
import type { Source } from '../../templates/index.ts';
import type { Question } from '../assistant.ts';
import type { Facts } from '../match/facts.ts';

/** Something to be done outside the interpreter, in the transaction of the step. */
export type Effect =
  /** `citations` of what a language model says: they stay with the message. */
  | {
      readonly do: 'send';
      readonly type: string;
      readonly fields: Json;
      readonly citations?: readonly Json[];
    }
  | { readonly do: 'tag'; readonly add: readonly string[]; readonly remove: readonly string[] }
  | { readonly do: 'contact'; readonly name?: string; readonly metadata?: Json }
  /** To one member, or to each `among` several in turn; null: to nobody. */
  | { readonly do: 'assign'; readonly userId: string | null; readonly among?: readonly string[] }
  /** A template of the organisation, or a quick reply of the profile. */
  | { readonly do: 'template'; readonly templateId: string; readonly variables: Json }
  | { readonly do: 'quick-reply'; readonly shortcut: string }
  /** Another automation of the profile begins in the chat. */
  | { readonly do: 'start'; readonly automationId: string; readonly vars: Readonly<Record<string, string>> }
  /** A note for people, beside the conversation. */
  | { readonly do: 'note'; readonly text: string }
  /** A member hears of it, or with null all who may read the chat. */
  | { readonly do: 'notify'; readonly text: string; readonly userId: string | null }
  /** Of the person: written to no more, or again. */
  | { readonly do: 'opt-out'; readonly scope: 'marketing' | 'all' }
  | { readonly do: 'opt-in' }
  /** An emoji on the message that is answered; empty takes it off. */
  | { readonly do: 'react'; readonly emoji: string }
  | { readonly do: 'hand-over'; readonly hours: number; readonly userId: string | null };

/** A request that is made between two transactions, and again after a crash, with the same key. */
export interface Call {
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly body: Json | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Those of the step, opened only to be sent. */
  readonly storedHeaders?: Readonly<StoredHeaders>;
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
  /** For something that happens; its config says what. */
  | { readonly is: 'wait'; readonly for: 'event'; readonly ms: number }
  /** It is shown that somebody types; then the same step is done. */
  | { readonly is: 'typing'; readonly ms: number; readonly as: 'composing' | 'recording' }
  /** `variable` gets what the person says. */
  | { readonly is: 'wait'; readonly for: 'reply'; readonly ms: number; readonly variable?: string }
  | { readonly is: 'call'; readonly call: Call | Question }
  | { readonly is: 'end' };

/** What actions may look at. */
export interface Scene {
  readonly facts: Facts;
  /** For the variables in texts. */
  readonly sources: readonly Source[];
  readonly automation: { readonly id: string | null; readonly name: string };
  readonly runId: string;
  readonly profileId: string;
  /** Whether it was shown already that somebody types. */
  readonly hasTyped?: boolean;
}

/** What checking an action needs beside it. */
export interface CheckTools {
  /** Checks what is sent as the routes that send do; answers problems with paths below `/content`. */
  readSend(type: string, content: unknown): { fields: Json } | { problems: Problem[] };
  /** Headers of a step in clear; undefined when these are none. */
  openHeaders(headers: unknown): Record<string, string> | undefined;
}

/** A permission that what an action does takes. */
export type Needs = 'message:send' | 'webhook:manage' | 'contact:update';

/** A kind of action, by all its names. */
export interface ActionKind {
  readonly types: readonly string[];
  /** What whoever switches it on must be allowed. */
  readonly needs?: Needs | ((config: Json) => Needs | undefined);
  /** Exits beside `done` and `error`; one that leads nowhere goes on at `done`, where that may be. */
  exits?(config: Json): readonly string[];
  /** How long it may wait at most. */
  waitsSeconds?(config: Json): number;
  problems(config: Json, path: string, tools: CheckTools): Problem[];
  act(config: Json, scene: Scene): Act;
}
