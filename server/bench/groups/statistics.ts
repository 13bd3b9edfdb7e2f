import { fillCounts } from '../fill-counts.ts';
import type { Bench } from '../kit.ts';
import { closedLoop } from '../load.ts';
import { figure } from '../measure.ts';
import type { RowName } from '../rows.ts';

/** What dashboards ask for, when much was counted. */
export const statistics = ({ rig, report, size }: Bench): Promise<void> =>
  rig.onStage(async (stage) => {
    const { id } = await stage.tenant.key.post('/profiles', { name: 'Full', engine: 'sandbox' });
    const { messages } = await fillCounts(stage.gateway.socketDir, id, size.statistics);
    await stage.restart();
    const { profiles, days, conversations } = size.statistics;
    const dayAt = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
    const [one, year] = [`profileId=${id}`, `startDate=${dayAt(days - 1)}`];
    const paths: [RowName, string][] = [
      ['statistics.dashboard', '/dashboard'],
      ['statistics.messages', '/messages'],
      ['statistics.messagesYear', `/messages?${one}&${year}`],
      ['statistics.trend', '/messages/trend'],
      ['statistics.trendYear', `/messages/trend?granularity=week&${one}&${year}`],
      ['statistics.trendHours', `/messages/trend?granularity=hour&${one}`],
      ['statistics.contacts', '/contacts'],
      ['statistics.broadcasts', '/broadcasts'],
      ['statistics.automations', '/automations'],
      ['statistics.responses', '/response-time'],
      ['statistics.responsesYear', `/response-time?${one}&${year}`],
      ['statistics.allYear', `/messages?${year}`],
      ['statistics.allTrendYear', `/messages/trend?${year}`],
      ['statistics.allResponsesYear', `/response-time?${year}`],
    ];
    const note = `${messages} messages, ${profiles} profiles, ${days} days, ${conversations} conversations`;
    report.add('statistics.fill', { figures: {}, note });
    const asked = Math.min(size.list.asked, 100);
    for (const [row, path] of paths) {
      const get = () => stage.api.get(`/api/v1/statistics${path}`);
      await closedLoop({ atOnce: 1, total: Math.ceil(asked / 10) }, get);
      const { p50Ms, p99Ms } = await closedLoop({ atOnce: 1, total: asked }, get);
      report.add(row, { figures: { p50: figure([p50Ms]), p99: figure([p99Ms]) } });
    }
  });
