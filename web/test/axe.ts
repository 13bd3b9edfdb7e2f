import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** What WCAG 2.2 AA finds wrong with what is shown now: rule, and where. */
export async function violationsOn(page: Page): Promise<string[]> {
  // Evaluated by the browser itself, which the policy of the page does not concern.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(
      // Guards that the library puts around what is open send the focus on at once.
      { include: [document], exclude: ['[data-base-ui-focus-guard]'] },
      {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      },
    );
    /** What opens above a page belongs to none of its landmarks. */
    const isAbove = (selector: unknown) =>
      typeof selector === 'string' &&
      document.querySelector(selector)?.closest('[role=menu], [role=listbox], [data-base-ui-portal]');
    return violations.flatMap(({ id, nodes }) =>
      nodes
        .filter(({ target: [target] }) => id !== 'region' || !isAbove(target))
        .map(
          ({ target, failureSummary = '' }) => `${id} ${target.join(' ')}: ${failureSummary.split('\n')[1]}`,
        ),
    );
  });
}

/** Nothing is wrong with it, and at 320 px it is not scrolled in two directions. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  // Colours that have just changed are there with the next frame.
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
  expect(await violationsOn(page), what).toEqual([]);
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const tooWide = await page.evaluate(whatSticksOut);
  if (size) await page.setViewportSize(size);
  expect(tooWide, `${what} at 320 px`).toEqual([]);
}

/** Run by the page: the innermost elements that make it wider than its window. */
function whatSticksOut(): string[] {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  /** Whether what stands around it cuts it off, or scrolls. */
  const isHeld = (element: Element): boolean => {
    const { position } = getComputedStyle(element);
    // Over the page: it makes nothing wider.
    if (position === 'fixed') return true;
    const around =
      position === 'absolute' && element instanceof HTMLElement
        ? element.offsetParent
        : element.parentElement;
    if (around === null || around === document.body) return false;
    return getComputedStyle(around).overflowX !== 'visible' || isHeld(around);
  };
  const outside = [...document.body.querySelectorAll('*')].filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    return width > 0 && (left < -1 || right > innerWidth + 1) && !isHeld(element);
  });
  return outside
    .filter((element) => !outside.some((other) => other !== element && element.contains(other)))
    .map((element) => element.outerHTML.slice(0, 200));
}
