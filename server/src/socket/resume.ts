import { setTimeout as pause } from 'node:timers/promises';
import type { OpenFeed } from '../platform/events/feed.ts';
import type { Teller } from './tell.ts';
import { type Client, isBehind } from './watch.ts';

const pageSize = 200;
const lookEveryMs = 5;

/**
 * Tells a client what it missed behind a cursor and puts it into the rooms, so that it hears every event once; answers up
 * to where it was told.
 * @throws Failure CURSOR_GONE when some of that is no longer kept
 */
export async function resume(
  client: Client,
  deps: { openFeed: OpenFeed; teller: Teller },
  asked: { after: number; profileId: string | undefined; rooms: readonly string[] },
): Promise<number> {
  const { teller } = deps;
  const feed = await deps.openFeed(client.data.actor, {
    ...{ after: String(asked.after), profileId: asked.profileId, limit: pageSize },
  });
  let cursor = feed.after;
  for (;;) {
    const page = await feed.next(cursor);
    for (const event of page.recorded) await teller.tellOne(client, event);
    cursor = page.cursor;
    while (client.connected && isBehind(client.conn)) await pause(lookEveryMs);
    if (!client.connected) return cursor;
    // Behind what has been told to the rooms there would be a gap: one more page closes it.
    if (!page.hasMore && teller.upTo() <= cursor) break;
  }
  // In one step with the look above.
  teller.skip(client, asked.rooms, cursor);
  void client.join([...asked.rooms]);
  return cursor;
}
