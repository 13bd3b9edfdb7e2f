import { getConversations, getProfileById } from '@multiwa/sdk';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { browserPath } from '../test/browser-path.ts';
import { type Person, somebody, visitAs } from '../test/house.ts';
import { connectedProfile } from '../test/phones.ts';
import { at, lookAt, print, watch, watched } from './figures.ts';

/** One chat as long as a busy one is after years; `MESSAGES` says another number. */
const count = Number(process.env.MESSAGES ?? 100_000);
const rounds = 5;
const nodesMax = 1_500;

test.skipIf(browserPath === undefined)(`a conversation of ${count} messages`, async () => {
  const ana = await somebody();
  const conversation = await longChat(ana);
  const { page, leave } = await visitAs(ana);
  const figures: Record<string, string> = {};
  await lookAt(page);

  const paints: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await page.goto(`/inbox/${conversation}`);
    await page.getByRole('log').locator('[data-message]').last().waitFor();
    paints.push(await largestPaint(page));
  }
  figures['largest paint, median'] = `${at(paints, 0.5).toFixed(0)} ms`;

  await watch(page);
  let nodes = 0;
  await page.getByRole('log').hover();
  for (let turn = 0; turn < 150; turn += 1) {
    await page.mouse.wheel(0, -2_000);
    await page.waitForTimeout(40);
    if (turn % 10 === 0)
      nodes = Math.max(nodes, await page.evaluate(() => document.querySelectorAll('*').length));
  }
  const seen = await watched(page);
  figures['nodes at most, while scrolling'] = String(nodes);
  figures['frames, p95'] = `${at(seen.frames, 0.95).toFixed(0)} ms`;
  figures['tasks over 50 ms'] = String(seen.tasks.filter((ms) => ms > 50).length);

  await watch(page);
  await page.getByRole('button', { name: 'To the newest' }).click();
  await page.getByRole('textbox', { name: 'Message' }).click();
  await page.keyboard.type('How long does a letter take to be seen?', { delay: 30 });
  await page.keyboard.press('Enter');
  await page.getByRole('log').getByText('How long does a letter take').waitFor();
  const { events } = await watched(page);
  figures['key or click until paint, p95'] = `${at(events, 0.95).toFixed(0)} ms (${events.length})`;
  figures.memory = await page.evaluate(
    () =>
      `${((performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize / 1e6).toFixed(0)} MB`,
  );
  print(figures);
  await leave();
  expect(nodes).toBeLessThan(nodesMax);
});

/** Links a phone that has such a chat, and waits until it has told all of it. */
async function longChat(ana: Person): Promise<string> {
  const { id } = await connectedProfile(ana, 'Long', { chats: 1, messages: count, seed: 7 });
  const { api: client } = ana;
  const messages = async () => (await getProfileById({ client, path: { id } })).history?.messages ?? 0;
  await expect.poll(messages, { timeout: 800_000, interval: 2_000 }).toBeGreaterThanOrEqual(count * 0.99);
  const { conversations } = await getConversations({ client });
  return conversations[0]?.id ?? '';
}

const largestPaint = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? 0)).observe({
          type: 'largest-contentful-paint',
          buffered: true,
        });
      }),
  );
