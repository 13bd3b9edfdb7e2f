import { accept } from './groups/accept.ts';
import { first } from './groups/first.ts';
import { group } from './groups/group.ts';
import { inbound } from './groups/inbound.ts';
import { knowledge } from './groups/knowledge.ts';
import { lists } from './groups/lists.ts';
import { profiles } from './groups/profiles.ts';
import { reply } from './groups/reply.ts';
import { search } from './groups/search.ts';
import { send } from './groups/send.ts';
import { signal } from './groups/signal.ts';
import { sockets } from './groups/sockets.ts';
import { start } from './groups/start.ts';
import { statistics } from './groups/statistics.ts';
import type { Bench } from './kit.ts';
import type { GroupName } from './rows.ts';

/** How each group of rows is measured. */
export const groups: Record<GroupName, (bench: Bench) => Promise<void>> = {
  signal,
  start,
  send,
  first,
  accept,
  inbound,
  reply,
  group,
  sockets,
  profiles,
  lists,
  search,
  knowledge,
  statistics,
};
