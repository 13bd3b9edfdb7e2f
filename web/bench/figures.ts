import type { Page } from 'playwright-core';

export interface Watched {
  frames: number[];
  tasks: number[];
  events: number[];
}

/** From now on: how long frames and tasks take, and how long what a person does waits for its paint. */
export async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: Watched = { frames: [], tasks: [], events: [] };
    Object.assign(globalThis, { seen });
    let before = performance.now();
    const frame = (now: number) => {
      seen.frames.push(now - before);
      before = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const observe = (type: string, into: number[]) =>
      new PerformanceObserver((list) =>
        into.push(...list.getEntries().map(({ duration }) => duration)),
      ).observe({
        type,
        ...(type === 'event' && { durationThreshold: 16 }),
      });
    observe('longtask', seen.tasks);
    observe('event', seen.events);
  });
}

/** What was seen since. */
export const watched = (page: Page): Promise<Watched> =>
  page.evaluate(() => (globalThis as unknown as { seen: Watched }).seen);

/**
 * Takes the frames of a page as they come. Without a window Chromium shows none while nobody looks, and what waits for its paint
 * waits for seconds that nobody with a window would see.
 */
export async function lookAt(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  session.on('Page.screencastFrame', ({ sessionId }) => {
    void session.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined);
  });
  await session.send('Page.startScreencast', { format: 'jpeg', quality: 1 });
}

/** The value that so large a share of all is not above. */
export const at = (values: number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) * share)] ?? 0;

export function print(figures: Record<string, string>): void {
  const lines = Object.entries(figures).map(([what, figure]) => `${what}: ${figure}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}
