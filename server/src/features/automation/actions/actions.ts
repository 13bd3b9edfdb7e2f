import type { ActionKind } from './action.ts';
import { ai } from './ai.ts';
import { assignAgent, handOff, unassign } from './assign.ts';
import { branch, condition } from './branch.ts';
import { end, stopProcessing } from './ends.ts';
import { sends } from './sends.ts';
import { addTag, removeTag } from './tags.ts';
import { setContact, setVariable } from './variables.ts';
import { delay, waitReply } from './waits.ts';
import { webhook } from './webhook.ts';

const kinds: readonly ActionKind[] = [
  ...sends,
  ...[addTag, removeTag, assignAgent, unassign, handOff, setVariable, setContact],
  ...[delay, waitReply, condition, branch, webhook, ai, stopProcessing, end],
];

/** Every action by each of its names. */
export const actions: ReadonlyMap<string, ActionKind> = new Map(
  kinds.flatMap((kind) => kind.types.map((type) => [type, kind] as const)),
);
