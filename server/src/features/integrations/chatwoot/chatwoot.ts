import type { TaskRow } from '../tasks/tasks.store.ts';
import type { Deed } from '../tasks/worker.ts';
import { createTellChanges } from './changes.ts';
import { createReplies } from './replies.ts';
import { createTell, type TellDeps } from './tell.ts';

/** What is done about each kind of task for Chatwoot. */
export function createChatwootDeed(deps: TellDeps & Parameters<typeof createReplies>[0]): Deed<'chatwoot'> {
  const tell = createTell(deps);
  const changes = createTellChanges({ ...deps, tell });
  const replies = createReplies(deps);
  const deeds: Record<string, Deed<'chatwoot'>> = {
    message: tell.message,
    past: tell.message,
    status: changes.status,
    edited: changes.edited,
    reaction: changes.reaction,
    revoked: changes.revoked,
    reply: replies.reply,
    deleted: (task: TaskRow) => replies.deleted(task),
  };
  return async (task, settings) => deeds[task.task]?.(task, settings);
}
