import { connect, postAuthLogin } from '@multiwa/sdk';
import { expect } from 'vitest';
import { journey, serverUrl, somebody, visit, visitAs } from '../house.ts';
import { codeOf } from '../totp.ts';

journey('a second factor is set up, asked for at the next sign-in, and switched off', async () => {
  const ana = await somebody();
  const first = await visitAs(ana);
  await first.open('/account/security');
  await first.page.getByRole('button', { name: 'Set up' }).click();
  const dialog = first.page.getByRole('dialog');
  const secret = await dialog.locator('code').innerText();
  await dialog.getByLabel('Code', { exact: true }).fill('000000');
  await first.page.keyboard.press('Enter');
  await dialog.getByText('This code is not right.').waitFor();
  await dialog.getByLabel('Code', { exact: true }).fill(codeOf(secret));
  await first.page.keyboard.press('Enter');
  const codes = (await first.page.getByRole('region', { name: 'Backup codes' }).innerText()).split('\n');
  await first.page.getByRole('button', { name: 'I have kept them' }).click();
  await first.page.getByText(`${codes.length} backup codes left`).waitFor();
  await first.leave(/status of 400/);

  const second = await visit();
  await second.open('/sign-in');
  await second.page.getByLabel('Email').fill(ana.email);
  await second.page.getByLabel('Password').fill(ana.password);
  await second.page.keyboard.press('Enter');
  await second.page.getByLabel('Code').fill(codes[0] ?? '');
  await second.page.keyboard.press('Enter');
  await second.page.getByRole('heading', { name: 'Overview' }).waitFor();
  await second.open('/account/security');
  await second.page.getByRole('button', { name: 'Switch off' }).click();
  await second.page.getByLabel('Password or code').fill(ana.password);
  await second.page.keyboard.press('Enter');
  await second.page.getByRole('button', { name: 'Set up' }).waitFor();
  await second.leave();
});

journey('a changed password holds, and every other session is shown and can be ended', async () => {
  const ana = await somebody();
  const { page, open, leave } = await visitAs(ana);
  await open('/account/security');
  await page.getByLabel('Current password').fill('not this one');
  await page.getByLabel('New password').fill('four green scooters');
  await page.keyboard.press('Enter');
  await page.getByText('The password is not right.').waitFor();
  await page.getByLabel('Current password').fill(ana.password);
  await page.keyboard.press('Enter');
  await page.getByText('Your password is changed.').waitFor();

  const client = connect({ url: serverUrl() });
  const body = { email: ana.email, password: 'four green scooters' };
  const elsewhere = await postAuthLogin({ client, body });
  expect('accessToken' in elsewhere).toBe(true);
  await open('/account/sessions');
  await page.getByRole('button', { name: 'End', exact: true }).click();
  await page.getByText('The session is ended.').waitFor();
  await expect.poll(() => page.getByRole('row').count()).toBe(2);
  await leave(/status of 400/);
});

journey('the look holds at once, after a reload, and in another browser', async () => {
  const ana = await somebody();
  const first = await visitAs(ana);
  await first.open('/account/appearance');
  await first.page.getByLabel('Theme').click();
  await first.page.getByRole('option', { name: 'Dark' }).click();
  await first.page.getByLabel('Language').click();
  await first.page.getByRole('option', { name: 'العربية' }).click();
  await first.page.getByRole('heading', { name: 'المظهر' }).first().waitFor();
  await first.page.getByText('محفوظ لمتصفحاتك الأخرى أيضًا.').first().waitFor();
  await first.page.reload();
  const html = first.page.locator('html');
  expect(await html.getAttribute('dir')).toBe('rtl');
  expect(await html.getAttribute('data-theme')).toBe('dark');
  await first.leave();

  const second = await visitAs(ana);
  await expect.poll(() => second.page.locator('html').getAttribute('dir')).toBe('rtl');
  expect(await second.page.locator('html').getAttribute('data-theme')).toBe('dark');
  await second.leave();
});
