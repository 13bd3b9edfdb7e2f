import { type GatewayEvent, getEvents } from '@multiwa/sdk';
import { client } from '../../session/index.ts';

/** How far back a tail looks at first. */
const recent = 50;

/** The newest events that are kept, oldest first, and what fits a pattern of them. */
export async function recentEvents({
  event,
  profile,
}: {
  event?: string | undefined;
  profile?: string | undefined;
}): Promise<GatewayEvent[]> {
  const { cursor } = await getEvents({ client, query: { after: 'now' } });
  const after = Math.max(0, cursor - recent * 4);
  const filter = { ...(event && { event }), ...(profile && { profileId: profile }) };
  try {
    const { events } = await getEvents({ client, query: { after: String(after), limit: 200, ...filter } });
    return events.slice(-recent) as GatewayEvent[];
  } catch {
    // What is that old may be kept no more: the tail begins now.
    return [];
  }
}
