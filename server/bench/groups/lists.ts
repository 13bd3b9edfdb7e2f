import { fill } from '../fill.ts';
import type { Bench } from '../kit.ts';
import { closedLoop } from '../load.ts';
import { figure } from '../measure.ts';
import type { RowName } from '../rows.ts';

/** What programs ask for most, when there is much. */
export const lists = ({ rig, report, size }: Bench): Promise<void> =>
  rig.onStage(async (stage) => {
    const { id } = await stage.tenant.key.post('/profiles', { name: 'Full', engine: 'sandbox' });
    const { conversationId } = await fill(stage.gateway.socketDir, id, size.list);
    // What the relay and the readers of events keep in memory is from before.
    await stage.restart();
    const { messages, conversations, contacts, events, asked } = size.list;
    const paths: [RowName, string][] = [
      ['lists.profile', `/messages/profile/${id}`],
      ['lists.image', `/messages/profile/${id}?type=image`],
      ['lists.conversation', `/messages/conversation/${conversationId}`],
      ['lists.conversations', `/conversations?profileId=${id}`],
      ['lists.contacts', `/contacts?profileId=${id}`],
      ['lists.events', `/events?profileId=${id}&after=${Math.floor(events / 2)}`],
    ];
    report.add('lists.fill', {
      figures: {},
      note: `${messages} messages, ${conversations} conversations, ${contacts} contacts, ${events} events`,
    });
    for (const [row, path] of paths) {
      const get = () => stage.api.get(`/api/v1${path}`);
      try {
        await closedLoop({ atOnce: 1, total: Math.ceil(asked / 10) }, get);
      } catch (error) {
        if (!/answered 404/.test(String(error))) throw error;
        report.add(row, { figures: {}, note: 'n/a: there is no such route' });
        continue;
      }
      const { p50Ms, p99Ms } = await closedLoop({ atOnce: 1, total: asked }, get);
      report.add(row, { figures: { p50: figure([p50Ms]), p99: figure([p99Ms]) } });
    }
  });
