import { seeded } from '../../test/seeded.ts';
import type { Bench } from '../kit.ts';
import { closedLoop } from '../load.ts';
import { figure } from '../measure.ts';
import type { RowName } from '../rows.ts';

/** Few words stand in half of all chunks and most in some, as in any language. */
const vocabulary = 50_000;
const documentBytes = 1_000_000;

/** What a profile knows: taking it in, and searching it by words. */
export const knowledge = ({ rig, report, size }: Bench): Promise<void> =>
  rig.onStage(async (stage) => {
    const random = seeded(11);
    const word = () => `w${Math.floor(vocabulary * random() ** 4).toString(36)}x`;
    const sentence = () => `${Array.from({ length: 12 }, word).join(' ')}. `;
    const text = () => {
      let made = '';
      while (made.length < documentBytes) made += `${sentence()}${random() < 0.1 ? '\n\n' : ''}`;
      return made;
    };
    const { id } = await stage.tenant.key.post('/profiles', { name: 'Full', engine: 'sandbox' });
    const path = `/api/v1/ai/knowledge/${id}`;
    let [chunks, documents] = [0, 0];
    const ingest = async () => {
      const body = { name: `Document ${documents++}`, content: text() };
      const startedMs = performance.now();
      const { data } = await stage.api.post(`${path}/text`, body);
      chunks += data.chunkCount;
      return performance.now() - startedMs;
    };
    const tookMs = [await ingest(), await ingest(), await ingest()];
    report.add('knowledge.ingest', { figures: { p50: figure(tookMs) }, note: '1 MB each' });
    const queries: [RowName, RowName, () => string][] = [
      ['knowledge.few', 'knowledge.many', () => Array.from({ length: 6 }, word).join(' ')],
      ['knowledge.fewCommon', 'knowledge.manyCommon', () => 'w0x w1x w2x'],
      ['knowledge.fewMistyped', 'knowledge.manyMistyped', () => `${word()}q ${word()}q`],
    ];
    for (const [place, wanted] of size.knowledge.entries()) {
      while (chunks < wanted) await ingest();
      await stage.settled();
      for (const [few, many, query] of queries) {
        const ask = () => stage.api.post(`${path}/search`, { query: query() });
        await closedLoop({ atOnce: 1, total: 5 }, ask);
        const { p50Ms, p95Ms } = await closedLoop({ atOnce: 1, total: size.list.asked / 3 }, ask);
        const figures = { p50: figure([p50Ms]), p95: figure([p95Ms]) };
        report.add(place === 0 ? few : many, { figures, note: `${chunks} chunks` });
      }
    }
  });
