import { beforeAll } from 'vitest';
import { expectAccessible } from './axe.ts';
import { browserPath } from './browser-path.ts';
import { journey, type Person, somebody, type Visitor, visit, visitAs } from './house.ts';
import { pages } from './pages.ts';
import { picture } from './picture.ts';

/** In which languages it is walked, in which themes and how wide: each direction sees both themes. */
const walks = [
  { direction: 'from the left', language: 'en', themes: ['light', 'dark'], width: 1280 },
  { direction: 'mirrored and longer', language: 'en-XA', themes: ['light'], width: 1280 },
  { direction: 'in Arabic on a phone', language: 'ar', themes: ['dark'], width: 390 },
] as const;
type Walk = (typeof walks)[number];
let ana: Person;

beforeAll(async () => {
  if (browserPath) ana = await somebody();
});

for (const there of walks) {
  journey(`every page is accessible, silent and narrow enough, ${there.direction}`, async () => {
    const { language, width } = there;
    const [outside, inside] = [true, undefined].map((is) =>
      pages.filter(({ isOutside }) => isOutside === is),
    );
    await walk(await visit({ language, width }), outside ?? [], there);
    await walk(await visitAs(ana, { language, width }), inside ?? [], there);
  });
}

async function walk(
  { page, open, leave }: Visitor,
  there: typeof pages,
  { direction, themes }: Walk,
): Promise<void> {
  for (const { path, waits } of there) {
    // A fragment alone would not load it anew.
    if (path.includes('#')) await page.goto('about:blank');
    await open(path);
    if (!waits) await page.locator('[data-waits]').first().waitFor({ state: 'detached' });
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      await expectAccessible(page, `${path} ${direction} ${theme}`);
      await picture(page, `${path} ${direction} ${theme}`);
    }
  }
  await leave();
}
