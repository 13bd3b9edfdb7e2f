import { postProfileConnect, postProfileDisconnect, postProfiles } from '@multiwa/sdk';
import type { WebSocketRoute } from 'playwright-core';
import { expect, test } from 'vitest';
import { browserPath } from '../test/browser-path.ts';
import { somebody, visitAs } from '../test/house.ts';
import { at, lookAt, print, watch, watched } from './figures.ts';

const count = 500;
const perSecond = 50;
const seconds = 10;
const statuses = ['connecting', 'connected', 'disconnected'];

/** An event as it came over the socket, to be told again of other profiles. */
interface Told {
  id: string;
  sequence: number;
  profileId: string;
  data: { profileId: string; status: string };
}

test.skipIf(browserPath === undefined)(`${count} profiles, ${perSecond} changes a second`, async () => {
  const ana = await somebody();
  const { api: client } = ana;
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { id } = await postProfiles({ client, body: { name: `Branch ${n}`, engine: 'sandbox' } });
    ids.push(id);
  }
  const { page, open, leave } = await visitAs(ana);
  let socket: WebSocketRoute | undefined;
  let sample: string | undefined;
  await page.routeWebSocket(/socket\.io/, (route) => {
    socket = route;
    const server = route.connectToServer();
    server.onMessage((frame) => {
      if (String(frame).includes('"connection.update"')) sample ??= String(frame);
      route.send(frame);
    });
  });
  await open('/profiles?sort=name');
  await page.getByRole('row', { name: 'Branch 1', exact: false }).first().waitFor();
  await lookAt(page);
  const [first = ''] = ids;
  await postProfileConnect({ client, path: { id: first } });
  await postProfileDisconnect({ client, path: { id: first }, body: {} });
  await expect.poll(() => sample).toBeDefined();
  const start = sample?.indexOf('[') ?? 0;
  const [name, told] = JSON.parse(sample?.slice(start) ?? '[]') as [string, Told];

  await watch(page);
  await page.waitForTimeout(2_000);
  const idle = await watched(page);
  await watch(page);
  const connected = page.getByRole('row').getByText('Connected', { exact: true });
  let shown = 0;
  const begunMs = performance.now();
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const profileId = ids[n % count];
    const data = { ...told.data, profileId, status: statuses[n % statuses.length] };
    // Behind all that is heard meanwhile: what came before is not heard again.
    const event = { ...told, id: crypto.randomUUID(), sequence: told.sequence + 1_000 + n, profileId, data };
    socket?.send(`${sample?.slice(0, start)}${JSON.stringify([name, event])}`);
    // The server knows nothing of it, and says so when it is asked again.
    if (n % perSecond === perSecond - 1) shown += await connected.count();
    await page.waitForTimeout(Math.max(0, begunMs + (n * 1_000) / perSecond - performance.now()));
  }
  const seen = await watched(page);
  print({
    'frames, p95, nothing changes': `${at(idle.frames, 0.95).toFixed(0)} ms`,
    'frames, p95': `${at(seen.frames, 0.95).toFixed(0)} ms`,
    'tasks over 50 ms': String(seen.tasks.filter((ms) => ms > 50).length),
    changes: `${((perSecond * seconds * 1_000) / (performance.now() - begunMs)).toFixed(0)} a second`,
  });
  expect(await page.getByRole('row').count()).toBeLessThan(80);
  expect(shown).toBeGreaterThan(0);
  await leave();
});
