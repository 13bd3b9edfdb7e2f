import { expect, test } from 'vitest';
import { filterIn, isNarrow, tabIn } from './filter.ts';

test('an address says only what there is, whoever wrote it', () => {
  expect(
    filterIn({ status: 'qr', q: 62811, sort: 'name', node: '', label: ['x'], engine: 'mock', other: 1 }),
  ).toEqual({
    status: 'qr',
    q: '62811',
    sort: 'name',
  });
  expect(filterIn({ status: 'broken', sort: 'size' })).toEqual({});
  expect(tabIn({ tab: 'queue' })).toEqual({ tab: 'queue' });
  for (const tab of ['connection', 'nothing', undefined]) expect(tabIn({ tab })).toEqual({});
});

test('an order leaves nothing out', () => {
  expect([isNarrow({ sort: 'name' }), isNarrow({ label: 'x' })]).toEqual([false, true]);
});
