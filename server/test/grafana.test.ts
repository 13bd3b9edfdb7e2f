import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { newTenant } from './tenant.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
  const { key } = await newTenant(house.api);
  await key.post('/profiles', { name: 'Front desk', engine: 'sandbox' });
});
afterAll(() => house?.close());

const file = (name: string) =>
  readFile(fileURLToPath(new URL(`../../deploy/grafana/${name}`, import.meta.url)), 'utf8');
const isMetric = /\b(?:multiwa|process|nodejs)_[a-z0-9_]+/g;
const metricsIn = (text: string) => [...new Set(text.match(isMetric))].sort();

test('every metric that the dashboard and the alerts name is answered by /metrics', async () => {
  const { text, dashboard } = {
    text: await (await fetch(`${house.gateway.url}/metrics`)).text(),
    dashboard: JSON.parse(await file('multiwa.json')),
  };
  const answered = new Set(
    text
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .map((line) => /^[a-z0-9_]+/.exec(line)?.[0]),
  );
  const expressions = dashboard.panels.flatMap((panel: { targets: { expr: string }[] }) =>
    panel.targets.map(({ expr }) => expr),
  );
  expect(expressions.length).toBeGreaterThan(15);
  const named = metricsIn([...expressions, await file('alerts.yml')].join('\n'));
  expect(named.filter((name) => !answered.has(name))).toEqual([]);
  const ours = [...answered].filter((name) => name?.startsWith('multiwa_') && !name.endsWith('_sum'));
  expect(
    ours.filter((name) => !named.includes(name ?? '')),
    'no figure of ours is left out',
  ).toEqual([]);
});
