import type { Authenticator } from '../../platform/actor.ts';
import type { Feed, OpenFeed } from '../../platform/events/feed.ts';
import { Failure } from '../../platform/failures.ts';
import type { Log } from '../../platform/log.ts';
import { goodbyeMsMax } from '../cut.ts';
import type { RawClient } from './client.ts';

/**
 * Asks for every credential in use once more, and opens what is followed with it anew: once for all clients that share
 * both. An outage of the database ends nobody's connection.
 */
export async function recheckRaw(
  clients: readonly RawClient[],
  deps: { authenticator: Authenticator; openFeed: OpenFeed; log: Log; closeCode: number },
): Promise<void> {
  const groups = Map.groupBy(clients, ({ credentials }) => JSON.stringify(credentials));
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    try {
      const actor = await deps.authenticator.authenticate(first.credentials, { fresh: true });
      const opened = new Map<string, Promise<Feed>>();
      const open: OpenFeed = (who, query) => {
        const key = JSON.stringify(query);
        const feed = opened.get(key) ?? deps.openFeed(who, query);
        opened.set(key, feed);
        return feed;
      };
      await Promise.all(group.map((client) => client.renew(actor, open)));
    } catch (error) {
      if (error instanceof Failure && error.status < 500) {
        for (const client of group) void client.showOut(error, deps.closeCode, goodbyeMsMax);
      } else
        deps.log.warn({ err: error }, 'Credentials of web sockets could not be checked; they stay for now');
    }
  }
}
