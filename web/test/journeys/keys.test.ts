import { expect } from 'vitest';
import { expectAccessible } from '../axe.ts';
import { journey, somebody, visitAs } from '../house.ts';

journey('a key is made, used in try it, and revoked', async () => {
  const ana = await somebody();
  const { page, open, leave } = await visitAs(ana);
  await open('/developers/keys');
  await page.keyboard.press('n');
  await page.getByLabel('Name', { exact: false }).fill('Till');
  await expectAccessible(page, 'the form of a key');
  await page.getByRole('button', { name: 'New key' }).last().click();
  await page.getByText('The key is shown this once').waitFor();
  const key = (await page.getByRole('region', { name: 'Key', exact: true }).textContent()) ?? '';
  expect(key).toMatch(/^mwa_[0-9a-f]{64}$/);

  await page.getByRole('link', { name: 'Try it' }).last().click();
  await page.getByRole('heading', { name: 'Choose an operation' }).waitFor();
  await page.getByLabel('Find an operation').fill('List profiles, newest');
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', { name: 'Called by' }).click();
  await page.getByRole('option', { name: 'A program with a key' }).click();
  await page.getByLabel('Key').fill(key);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('heading', { name: 'Answer' }).waitFor();
  await page.getByRole('status').getByText('200').waitFor();
  await expectAccessible(page, 'an answer');
  // A key that is for messages changes no settings.
  await page.getByLabel('Find an operation').fill('mail server of the organisation, its');
  await page.getByLabel('Find an operation').press('Enter');
  await page.getByRole('combobox', { name: 'Called by' }).click();
  await page.getByRole('option', { name: 'A program with a key' }).click();
  await page.getByLabel('Key').fill(key);
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByRole('link', { name: 'What PERMISSION_DENIED means' }).waitFor();

  await open('/developers/keys');
  await page.getByRole('button', { name: 'Revoke Till' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Revoke Till' }).click();
  await page.getByText('No keys yet').waitFor();
  await leave(/status of 403/);
});
