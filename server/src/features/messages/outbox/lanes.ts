import type { MessageOrigin } from '../origin.ts';

const scheduled = 1;
const campaigns = 2;

const lanes: Readonly<Record<string, number>> = {
  schedule: scheduled,
  automation: scheduled,
  ai: scheduled,
  bulk: campaigns,
  broadcast: campaigns,
};

/**
 * The lane of a message in the queue of its profile: what somebody waits for (0) goes before what was planned (1), and
 * both before campaigns (2). Within one chat the order of acceptance stays.
 */
export function laneOf({ kind }: Pick<MessageOrigin, 'kind'>): number {
  return lanes[kind] ?? 0;
}
