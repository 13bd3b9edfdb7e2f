import { randomUUID } from 'node:crypto';
import { postOrganizationsMembers } from '@multiwa/sdk';
import { expect } from 'vitest';
import { journey, memberOf, serverUrl, somebody, visit, visitAs } from '../house.ts';
import { linkTo } from '../letters.ts';

journey('an invitation by letter is accepted with a password, and its token leaves the address', async () => {
  const ana = await somebody();
  const body = { email: `budi-${randomUUID()}@example.org`, name: 'Budi', role: 'viewer' as const };
  await postOrganizationsMembers({ client: ana.api, body });
  const link = await linkTo('accept-invitation', body.email);
  const { page, open, leave } = await visit();
  await open(link);
  await page.getByText(`You join Ana's bakery as Viewer, with the address ${body.email}.`).waitFor();
  expect(page.url()).toBe(`${serverUrl()}/accept-invitation`);
  await page.getByLabel('Password').fill('four green scooters');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.getByText("Ana's bakery").waitFor();

  // The link is good once.
  await page.goto('about:blank');
  await open(link);
  await page.getByText('This link is not valid any more. Ask for a new one.').waitFor();
  await leave(/status of 400/);
});

journey('who may not manage webhooks is shown none on the overview', async () => {
  const ana = await somebody();
  const { page, leave } = await visitAs(await memberOf(ana, 'viewer'));
  await page.getByRole('heading', { name: 'Needs you' }).waitFor();
  await page.getByText('Nothing needs you now.').waitFor();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.reload();
  await page.getByText('Nothing needs you now.').waitFor();
  expect(asked).toContain('/api/v1/profiles/counts');
  expect(asked).not.toContain('/api/v1/webhooks');
  await leave();
});
