import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { expectAccessible } from '../axe.ts';
import { journey, serverUrl, signIn, somebody, visit, visitAs } from '../house.ts';
import { linkTo } from '../letters.ts';
import { picture } from '../picture.ts';

const gone = 'This link is not valid any more. Ask for a new one.';

/** Asks for a letter from the sign-in page; answers what the page says then. */
async function forgetPassword(page: Page, email: string): Promise<string> {
  await page.getByRole('link', { name: 'Forgotten?' }).click();
  await page.getByRole('heading', { name: 'Reset password' }).waitFor();
  await page.getByLabel('Email').fill(email);
  await page.keyboard.press('Enter');
  return page.getByRole('status').innerText();
}

journey(
  'a forgotten password is set anew by the link of a letter, and nobody learns who exists',
  async () => {
    const ana = await somebody();
    const { page, open, leave } = await visit();
    await open('/sign-in');
    const unknown = await forgetPassword(page, `nobody-${randomUUID()}@example.org`);
    await page.getByRole('link', { name: 'Sign in' }).click();
    const known = await forgetPassword(page, ana.email);
    expect(known).toMatch(/^If there is an account with this address, a letter/);
    expect(known).toBe(unknown);

    // The page that asked for the letter is open still.
    await page.goto(await linkTo('reset-password', ana.email));
    const field = page.getByLabel('New password');
    await field.fill('password');
    expect(page.url()).toBe(`${serverUrl()}/reset-password`);
    await page.keyboard.press('Enter');
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
    await picture(page, 'letters new password');
    const again = { ...ana, password: 'four green scooters' };
    await field.fill(again.password);
    await page.keyboard.press('Enter');
    await page.getByText('Your password is set. Sign in with it.').waitFor();

    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Email').fill(ana.email);
    await page.getByLabel('Password').fill(ana.password);
    await page.keyboard.press('Enter');
    await page.getByText('Email or password is not right.').waitFor();
    await signIn(page, again);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await leave(/status of 40[01]/);
  },
);

journey('the link to a new password works once; after that the page sends another letter', async () => {
  const ana = await somebody();
  const { page, open, leave } = await visit();
  await open('/sign-in');
  await forgetPassword(page, ana.email);
  const link = await linkTo('reset-password', ana.email);
  const setPassword = async (password: string) => {
    await page.getByLabel('New password').fill(password);
    await page.keyboard.press('Enter');
  };
  await page.goto('about:blank');
  await open(link);
  await setPassword('four green scooters');
  await page.getByText('Your password is set.').waitFor();
  await page.goto('about:blank');
  await open(link);
  await setPassword('five red tricycles');
  await page.getByText(gone).waitFor();
  await expectAccessible(page, 'a link to a new password that was used');
  await picture(page, 'letters link gone');

  // Where the cursor is already.
  await page.keyboard.type(ana.email);
  await page.keyboard.press('Enter');
  await page.getByText('If there is an account').waitFor();
  await page.goto(await linkTo('reset-password', ana.email));
  await setPassword('five red tricycles');
  await page.getByText('Your password is set.').waitFor();
  await leave(/status of 400/);
});

journey('a new address is confirmed by its letter, also when the page that asks for one is old', async () => {
  const { page, open, leave } = await visit();
  await open('/register');
  const email = `new-${randomUUID()}@example.org`;
  await page.getByLabel('Your name').fill('Budi');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill('three blue bicycles');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'First steps' }).waitFor();
  await linkTo('verify-email', email);
  await open('/account/profile');
  await page.getByText('Not confirmed yet').waitFor();
  const ask = page.getByRole('button', { name: 'Send the letter again' });
  await ask.click();
  await page.getByText('A letter is on its way.').waitFor();
  await picture(page, 'letters not confirmed');

  const link = await linkTo('verify-email', email);
  const other = await page.context().newPage();
  await other.goto(link);
  await other.getByText('Your email address is confirmed.').waitFor();
  expect(other.url()).toBe(`${serverUrl()}/verify-email`);
  await picture(other, 'letters confirmed');
  await other.getByRole('link', { name: 'Go on' }).click();
  await other.getByRole('heading', { name: 'Overview' }).waitFor();
  await ask.click();
  await page.getByText('Confirmed', { exact: true }).waitFor();

  // It works once, and whoever opens it again sees that nothing is missing.
  await open(link);
  await page.getByText(gone).waitFor();
  await page.getByRole('link', { name: 'Ask for another letter' }).click();
  await page.getByText('Confirmed', { exact: true }).waitFor();
  await leave(/status of 400/);
});

journey('a link that confirms nothing says so and leads to another letter through the sign-in', async () => {
  const ana = await somebody();
  await linkTo('verify-email', ana.email);
  const { page, open, leave } = await visit();
  await open('/verify-email');
  await page.getByText('This link is not whole. Open it from the letter once more.').waitFor();
  await page.goto(`/verify-email#token=${'x'.repeat(43)}`);
  await page.getByText(gone).waitFor();
  await expectAccessible(page, 'a link that confirms nothing');
  await picture(page, 'letters confirms nothing');
  await page.getByRole('link', { name: 'Ask for another letter' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await signIn(page, ana);
  await page.getByRole('button', { name: 'Send the letter again' }).click();
  await page.getByText('A letter is on its way.').waitFor();

  // Nobody has to be signed in where the letter is read.
  const phone = await visit({ width: 390 });
  await phone.open(await linkTo('verify-email', ana.email));
  await phone.page.getByText('Your email address is confirmed.').waitFor();
  await phone.leave();
  await page.reload();
  await page.getByText('Confirmed', { exact: true }).waitFor();
  await leave(/status of 400/);
});

journey('where the server sends no letters, nothing offers one and the page says whom to ask', async () => {
  const { page, open, leave } = await visitAs(await somebody());
  await page.route('**/api/v1/server', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), mail: false } });
  });
  await open('/account/profile');
  await page.getByText('Not confirmed yet').waitFor();
  expect(await page.getByRole('button', { name: 'Send the letter again' }).count()).toBe(0);
  await open('/reset-password');
  await page.getByText('This server sends no letters. Ask its operator').waitFor();
  expect(await page.getByLabel('Email').count()).toBe(0);
  await expectAccessible(page, 'a forgotten password without letters');
  await leave();
});
