import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { words as inbox } from '../../src/features/inbox/words/en.ts';
import { words as signIn } from '../../src/features/sign-in/words/en.ts';
import { words as shell } from '../../src/shell/words/en.ts';
import { pseudoText } from '../../src/words/pseudo.ts';
import { journey, somebody, visit } from '../house.ts';
import { connectedProfile, phoneOf } from '../phones.ts';
import { picture } from '../picture.ts';

/** What is called so in the language that is none. */
const named = (text: string) => ({ name: pseudoText(text), exact: true });

/** What can be read or heard and is from no catalogue; all that is stands in brackets. Keys and times are left out. */
function unmarked(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const said: string[] = [];
    for (const element of document.body.querySelectorAll('*:not(script, style, time, kbd, kbd *)')) {
      if (!element.checkVisibility()) continue;
      for (const { nodeType, nodeValue } of element.childNodes)
        if (nodeType === Node.TEXT_NODE) said.push(nodeValue ?? '');
      for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
        said.push(element.getAttribute(name) ?? '');
    }
    return said.map((text) => text.trim()).filter((text) => /\p{L}{2}/u.test(text) && !text.startsWith('['));
  });
}

journey(
  'from signing in to an answer that is read, nothing hangs on English or on the direction',
  async () => {
    const ana = await somebody();
    const shop = await connectedProfile(ana);
    const budi = await phoneOf('Budi');
    const { page, open, leave } = await visit({ language: 'en-XA' });
    await open('/sign-in');
    await page.getByRole('textbox', named(signIn.email)).fill(ana.email);
    await page.getByLabel(named(signIn.password).name, { exact: true }).fill(ana.password);
    await page.getByRole('button', named(signIn.signIn)).click();
    await page.getByRole('link', named(shell.places.inbox)).click();
    await page.getByRole('heading', named(inbox.title)).waitFor();

    await page.getByRole('button', named(inbox.list.newChat)).click();
    const dialog = page.getByRole('dialog', named(inbox.newChat.title));
    await dialog.getByRole('textbox', named(inbox.newChat.number)).fill(`+${budi.number}`);
    await dialog.getByRole('textbox', named(inbox.newChat.text)).fill('12:30?');
    await dialog.getByRole('button', named(inbox.newChat.start)).click();
    const log = page.getByRole('log');
    const asked = log.getByText('12:30?', { exact: true });
    await asked.waitFor();
    await expect.poll(async () => (await budi.messages()).map(({ text }) => text)).toContain('12:30?');
    await log.getByRole('img', named(inbox.state.delivered)).waitFor();
    await budi.writes(shop.phone.number, { type: 'text', text: '13:00!' });
    const answered = log.getByText('13:00!', { exact: true });
    await answered.waitFor();
    // What a field asks for begins where its page begins.
    const astray = await page
      .locator(':placeholder-shown')
      .evaluateAll((fields) => fields.filter((field) => getComputedStyle(field).direction !== 'rtl').length);
    expect(astray).toBe(0);
    // One's own words stand at the end of the line, which is on the left.
    const [mine, theirs] = [await asked.boundingBox(), await answered.boundingBox()];
    expect(mine?.x).toBeLessThan(theirs?.x ?? 0);
    const notWords = [ana.name, `${ana.name}'s bakery`, 'Shop'];
    expect((await unmarked(page)).filter((text) => !notWords.includes(text))).toEqual([]);
    await picture(page, 'mirrored inbox');
    await leave();
  },
);
