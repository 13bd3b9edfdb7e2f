import { expect } from 'vitest';
import { journey, signIn, somebody, visit, visitAs } from '../house.ts';

journey('a visitor registers, goes on after a reload, signs out and signs in again', async () => {
  await somebody();
  const { page, open, leave } = await visit();
  await open('/');
  expect(new URL(page.url()).pathname).toBe('/sign-in');
  await page.getByRole('link', { name: 'Register' }).click();
  const email = `new-${crypto.randomUUID()}@example.org`;
  await page.getByLabel('Your name').fill('Budi');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill('three blue bicycles');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'First steps' }).waitFor();

  await page.reload();
  await page.getByRole('heading', { name: 'First steps' }).waitFor();
  // Nothing that opens anything is kept where scripts of other times could read it.
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(kept).not.toMatch(/eyJ|mwr_/);

  await page.getByRole('link', { name: 'Budi' }).last().click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill('three blue bicycles');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Budi' }).last().waitFor();
  await leave();
});

journey('a server that nobody has registered at opens with registering', async () => {
  const { page, open, leave } = await visit();
  // All journeys share a server that knows somebody.
  await page.route('**/api/v1/server', async (route) => {
    const answer = await route.fetch();
    const server = await answer.json();
    const registration = { open: true, hasOrganization: false };
    await route.fulfill({ response: answer, json: { ...server, registration } });
  });
  await open('/account/profile');
  expect(new URL(page.url()).pathname).toBe('/register');
  await leave();
});

journey('what the server finds wrong stands beside its field, and a wrong password says so', async () => {
  const { page, open, leave } = await visit();
  await open('/register');
  await page.getByLabel('Your name').fill('Budi');
  await page.getByLabel('Email').fill('no address');
  await page.getByLabel('Password').fill('password');
  await page.keyboard.press('Enter');
  await page.getByText('This is not an email address.').waitFor();
  await page.getByLabel('Email').fill(`new-${crypto.randomUUID()}@example.org`);
  await page.keyboard.press('Enter');
  const password = page.getByLabel('Password');
  await expect.poll(() => password.getAttribute('aria-invalid')).toBe('true');

  await open('/sign-in');
  await page.getByLabel('Email').fill('nobody@example.org');
  await page.getByLabel('Password').fill('not this one');
  await page.keyboard.press('Enter');
  await page.getByText('Email or password is not right.').waitFor();
  await leave(/status of 40[01]/);
});

journey('signing out in one tab signs out the others and leads back afterwards', async () => {
  const ana = await somebody();
  const { page, leave } = await visitAs(ana);
  await page.goto('/account/appearance');
  const other = await page.context().newPage();
  await other.goto('/account/profile');
  await other.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await signIn(page, ana);
  await page.getByRole('heading', { name: 'Appearance' }).first().waitFor();
  // A page that asked in that moment is answered so.
  await leave(/status of 401/);
});
