import { expect } from 'vitest';
import { expectAccessible } from './axe.ts';
import { journey, visit } from './house.ts';
import { picture } from './picture.ts';

journey('what opens above a page is accessible, and gives the focus back', async () => {
  for (const language of ['en', 'en-XA'] as const) {
    const { page, open, leave } = await visit({ language });
    await open('/preview.html');
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    for (const name of ['Dialog', 'Drawer', 'Confirm']) {
      await page.getByRole('button', { name, exact: true }).click();
      await page.getByRole('dialog').waitFor();
      await expectAccessible(page, `${name} ${language}`);
      await picture(page, `${name} ${language}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await expect.poll(focused).toBe(name);
    }
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menu').waitFor();
    await expectAccessible(page, `Menu ${language}`);
    await picture(page, `Menu ${language}`);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Back again').first().waitFor();
    await expectAccessible(page, `Toast ${language}`);
    await picture(page, `Toast ${language}`);
    await page.getByRole('combobox').click();
    await page.getByRole('listbox').waitFor();
    await expectAccessible(page, `Select ${language}`);
    await page.keyboard.press('Escape');
    await leave();
  }
});

journey('a dialog that needs a name lets nobody go on without it', async () => {
  const { page, open, leave } = await visit();
  await open('/preview.html');
  await page.getByRole('button', { name: 'Confirm' }).click();
  const sure = page.getByRole('button', { name: 'Delete' });
  expect(await sure.isDisabled()).toBe(true);
  await page.getByRole('dialog').getByRole('textbox').fill('Front desk');
  await sure.click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await leave();
});

journey('a table of thousands draws few rows, and is gone through by keyboard', async () => {
  const { page, open, leave } = await visit();
  await open('/preview.html');
  const table = page.getByRole('table', { name: 'Five thousand profiles' });
  await table.scrollIntoViewIfNeeded();
  expect(await table.getAttribute('aria-rowcount')).toBe('5001');
  expect(await table.getByRole('row').count()).toBeLessThan(40);
  await table.getByRole('row').nth(1).focus();
  for (let step = 0; step < 30; step += 1) await page.keyboard.press('j');
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  await expect.poll(focused).toContain('Profile 31');
  await page.keyboard.press('x');
  await expect.poll(() => page.evaluate(() => document.activeElement?.matches('[data-chosen]'))).toBe(true);
  await page.keyboard.press('k');
  await expect.poll(focused).toContain('Profile 30');
  await leave();
});
