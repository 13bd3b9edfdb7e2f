import { expect } from 'vitest';
import { journey, somebody, visitAs } from '../house.ts';

journey('one goes anywhere by keyboard, also by English names in another language', async () => {
  const { page, leave } = await visitAs(await somebody(), { language: 'id' });
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('dark');
  await page.getByRole('option').first().waitFor();
  expect(await page.getByRole('option').allInnerTexts()).toEqual(['Tampilan dan bahasa']);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/account/appearance');
  // Another page begins at its heading.
  await expect.poll(focused).toBe('Tampilan');

  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Ikhtisar').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await page.getByRole('heading', { name: 'Ikhtisar' }).waitFor();
  await leave();
});

journey('single keys can be switched off, and are dead in fields', async () => {
  const { page, open, leave } = await visitAs(await somebody());
  await open('/account/security');
  await page.getByLabel('Current password').press('?');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await open('/account/appearance');
  await page.getByRole('switch', { name: 'Single keys' }).click();
  await page.locator('body').press('?');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  await leave();
});

journey('the first stop of the keyboard leads past the side bar', async () => {
  const { page, leave } = await visitAs(await somebody());
  await page.reload();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the page');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('page');
  await leave();
});
