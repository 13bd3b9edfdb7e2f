import type { ActionKind } from './action.ts';
import { aiClassify, aiExtract, aiReply, aiSentiment } from './ai.ts';
import { assignAgent, handOff, unassign } from './assign.ts';
import { note, notify, optIn, optOut, sendReaction } from './beside.ts';
import { branch, condition, random } from './branch.ts';
import { end, stopProcessing } from './ends.ts';
import { sends } from './sends.ts';
import { startFlow } from './start-flow.ts';
import { addTag, removeTag } from './tags.ts';
import { setContact, setVariable } from './variables.ts';
import { delay, waitEvent, waitReply, waitUntil } from './waits.ts';
import { webhook } from './webhook.ts';

const kinds: readonly ActionKind[] = [
  ...sends,
  ...[addTag, removeTag, assignAgent, unassign, handOff, setVariable, setContact],
  ...[note, notify, optOut, optIn, sendReaction],
  ...[
    delay,
    waitReply,
    waitEvent,
    waitUntil,
    condition,
    branch,
    random,
    webhook,
    aiReply,
    aiClassify,
    aiSentiment,
    aiExtract,
    startFlow,
    stopProcessing,
    end,
  ],
];

/** Every action by each of its names. */
export const actions: ReadonlyMap<string, ActionKind> = new Map(
  kinds.flatMap((kind) => kind.types.map((type) => [type, kind] as const)),
);
