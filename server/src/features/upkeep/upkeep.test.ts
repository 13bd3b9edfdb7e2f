import { expect, test } from 'vitest';
import type { Feature } from '../../platform/feature.ts';
import { silentLog } from '../../platform/log.ts';
import { createUpkeep } from './index.ts';

test('what can not be forgotten keeps no other part from forgetting', async () => {
  const forgot: string[] = [];
  const failing: Feature = { name: 'first', purge: () => Promise.reject(new Error('no such table')) };
  const plain: Feature = { name: 'second', purge: async () => forgot.push('second') };
  const { feature } = createUpkeep({ log: silentLog, features: [failing, { name: 'none' }, plain] });
  const [job] = feature.jobs ?? [];
  await job?.deed({} as never, new AbortController().signal);
  expect(forgot).toEqual(['second']);
});
