import type { Json } from '../../../platform/db/json-column.ts';

/** What starts an automation; `start` is its first node, null when there is nothing to do. */
export interface Trigger {
  readonly type: string;
  readonly config: Json;
  readonly start: string | null;
}

/** One thing to do, and where to go on by how it went. */
export interface ProgramNode {
  readonly id: string;
  readonly kind: string;
  readonly config: Json;
  readonly next: Readonly<Record<string, string>>;
}

/** A condition as it is stored: its type, and fields of that type. */
export type Condition = Json & { type?: unknown };

/** How an automation behaves beside what it does. */
export interface Settings {
  /** Whether it keeps quiet in conversations that a person has taken; it does unless this is false. */
  readonly pauseOnHumanReply?: boolean;
  /** What becomes of runs under way when it is switched off. */
  readonly onDisable?: 'cancel' | 'finish';
  /** Of a flow: what becomes of a start in a conversation where a flow is under way. */
  readonly onBusy?: 'drop' | 'replace' | 'queue';
  /** Seconds in which what somebody writes one after the other is one message. */
  readonly debounceSeconds?: number;
  /** Whether a flow starts in groups; rules do as their conditions say. */
  readonly groups?: boolean;
  /** In groups: whether only what mentions the profile, or everybody, starts it. */
  readonly onlyMentioned?: boolean;
  /** Of messages in groups: whether the answer goes to the member, as older servers did. */
  readonly replyPrivately?: boolean;
  /** After so many days a run is over, wherever it stands. */
  readonly expiresAfterDays?: number;
  /** Whether it answers other profiles of this installation. */
  readonly allowOwn?: boolean;
}

/** What a rule and a flow are compiled to. It is kept as it is while a run of it lives. */
export interface Program {
  readonly kind: 'rule' | 'autoreply' | 'flow';
  readonly triggers: readonly Trigger[];
  readonly conditions: readonly Condition[];
  readonly nodes: Readonly<Record<string, ProgramNode>>;
  /** Whether nothing behind it is looked at once it has started. */
  readonly stops: boolean;
  readonly settings: Settings;
}

/** The exit of a node that did what it should. */
export const doneExit = 'done';
/** The exit of a node that could not. */
export const errorExit = 'error';

/**
 * Where a run goes on; undefined when it has ended there. In a rule one failing action does not stop the rest, in a flow it
 * does unless `error` leads somewhere. A model's verdict that leads nowhere goes on as if it had none.
 */
export function nextNode(program: Program, { kind, next }: ProgramNode, exit: string): string | undefined {
  if (Object.hasOwn(next, exit)) return next[exit];
  const goesOn = exit === errorExit ? program.kind !== 'flow' : kind.startsWith('ai_');
  return goesOn ? next[doneExit] : undefined;
}
