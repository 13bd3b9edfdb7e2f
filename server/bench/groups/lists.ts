import { setTimeout as pause } from 'node:timers/promises';
import { fill } from '../fill.ts';
import type { Bench } from '../kit.ts';
import { closedLoop } from '../load.ts';
import { figure } from '../measure.ts';
import type { RowName } from '../rows.ts';
import type { Stage } from '../stage.ts';

/** What programs ask for most, when there is much. */
export const lists = ({ rig, report, size }: Bench): Promise<void> =>
  rig.onStage(async (stage) => {
    const { id } = await stage.tenant.key.post('/profiles', { name: 'Full', engine: 'sandbox' });
    const { conversationId } = await fill(stage.gateway.socketDir, id, size.list);
    // What the relay and the readers of events keep in memory is from before.
    await stage.restart();
    const { messages, conversations, contacts, events, asked } = size.list;
    const some = Math.floor(conversations / 3);
    const paths: [RowName, string][] = [
      ['lists.profile', `/messages/profile/${id}`],
      ['lists.image', `/messages/profile/${id}?type=image`],
      ['lists.conversation', `/messages/conversation/${conversationId}`],
      ['lists.conversations', `/conversations?profileId=${id}`],
      ['lists.conversationsNamed', `/conversations?profileId=${id}&search=customer%20${some}`],
      ['lists.conversationsAlike', `/conversations?profileId=${id}&search=customer`],
      ['lists.contacts', `/contacts?profileId=${id}`],
      ['lists.contactsNamed', `/contacts?profileId=${id}&search=customer%20${some}`],
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
    report.add('lists.import', { figures: { rate: figure([await importRate(stage, id, contacts)]) } });
  });

/** Rows a second of an import that goes on as a job, from its request to its end. */
async function importRate({ api }: Stage, profileId: string, rows: number): Promise<number> {
  const lines = Array.from({ length: rows }, (_, n) => `0${8_200_000_000 + n},Guest ${n},regular`);
  const base64 = Buffer.from(`phone,name,tags\n${lines.join('\n')}\n`).toString('base64');
  const { data } = await api.post('/api/v1/uploads/media', { base64, filename: 'contacts.csv' });
  const startedMs = performance.now();
  const { data: begun } = await api.post('/api/v1/contacts/import/csv', { profileId, uploadId: data.id });
  const isRunning = async () =>
    begun.id && (await api.get(`/api/v1/contacts/imports/${begun.id}`)).data.status === 'running';
  while (await isRunning()) await pause(50);
  return (rows * 1000) / (performance.now() - startedMs);
}
