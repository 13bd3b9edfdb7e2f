import { fill } from '../fill.ts';
import type { Bench } from '../kit.ts';
import { closedLoop } from '../load.ts';
import { figure } from '../measure.ts';
import type { RowName } from '../rows.ts';

/** Finding things, when there is much. */
export const search = ({ rig, report, size }: Bench): Promise<void> =>
  rig.onStage(async (stage) => {
    const { id } = await stage.tenant.key.post('/profiles', { name: 'Full', engine: 'sandbox' });
    const { conversationId } = await fill(stage.gateway.socketDir, id, size.list);
    await stage.restart();
    const { messages, contacts, asked } = size.list;
    const rare = Math.floor(messages / 3);
    const find = '/messages/search?q=';
    const paths: [RowName, string][] = [
      ['search.common', `${find}bread`],
      ['search.rare', `${find}${encodeURIComponent(`"number ${rare}?"`)}`],
      ['search.some', `${find}777`],
      ['search.never', `${find}pumpernickel`],
      ['search.short', `${find}zq`],
      ['search.conversation', `${find}77&conversationId=${conversationId}`],
      ['search.all', `/search?q=${encodeURIComponent(`customer ${Math.floor(contacts / 3)}`)}`],
    ];
    report.add('search.fill', { figures: {}, note: `${messages} messages, ${contacts} contacts` });
    for (const [row, path] of paths) {
      const get = () => stage.api.get(`/api/v1${path}`);
      await closedLoop({ atOnce: 1, total: Math.ceil(asked / 10) }, get);
      const { p50Ms, p99Ms } = await closedLoop({ atOnce: 1, total: asked }, get);
      report.add(row, { figures: { p50: figure([p50Ms]), p99: figure([p99Ms]) } });
    }
  });
