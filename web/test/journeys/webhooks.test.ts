import { getWebhooks, postMessagesText, postProfiles } from '@multiwa/sdk';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { expectAccessible } from '../axe.ts';
import { journey, somebody, visitAs } from '../house.ts';

/** Has the receiver answer this from now on. */
async function answer(page: Page, code: number): Promise<void> {
  await page.getByRole('combobox', { name: 'What it answers' }).click();
  await page.getByRole('option', { name: `Answers ${code}` }).click();
}

journey('a webhook is made, broken, seen failing, repaired, replayed and delivered', async () => {
  const ana = await somebody();
  const { api: client } = ana;
  const { id: profileId } = await postProfiles({ client, body: { displayName: 'Shop', engine: 'sandbox' } });
  const { page, open, leave } = await visitAs(ana);
  await open('/developers/webhooks');
  await expectAccessible(page, 'no webhooks');
  await page.getByRole('button', { name: 'Use the built-in receiver' }).click();
  await page.getByRole('heading', { name: 'Built-in receiver' }).waitFor();
  await page.getByRole('button', { name: 'Send a test' }).first().click();
  await page.getByText('Signature is right').waitFor();

  await answer(page, 500);
  const body = { profileId, to: '628123456789', text: 'Your bread is ready.' };
  const { messageId } = await postMessagesText({ client, body });
  const row = page.getByRole('row', { name: 'message.queued' });
  await row.getByText('Failed, tried again').waitFor();
  await expectAccessible(page, 'a webhook that fails');

  await answer(page, 200);
  await row.getByText('message.queued').click();
  await page.getByRole('heading', { name: 'What came back' }).waitFor();
  await page.getByText('The address answered HTTP 500.').first().waitFor();
  await page.getByRole('button', { name: messageId }).or(page.getByText(messageId)).first().waitFor();
  await page.getByRole('button', { name: 'Send again' }).click();
  await page.getByText('Delivered', { exact: true }).waitFor();
  await expectAccessible(page, 'a delivery');

  await page.getByRole('link', { name: 'All deliveries about it' }).click();
  await page.getByRole('row', { name: 'message.queued' }).getByText('Delivered').waitFor();
  expect(page.url()).toContain(`message=${messageId}`);
  const [webhook] = await getWebhooks({ client });
  await open(`/developers/webhooks/${webhook?.id}?tab=replays`);
  await page.getByRole('switch', { name: 'Only what never arrived' }).click();
  await page.getByRole('button', { name: 'Send again' }).click();
  await page.getByText('Done', { exact: true }).waitFor();
  await expectAccessible(page, 'a replay');
  await leave();
});

journey('a webhook is made by its form, its secret shown once, switched off and deleted', async () => {
  const ana = await somebody();
  const { page, open, leave } = await visitAs(ana);
  await page.setViewportSize({ width: 390, height: 800 });
  await open('/developers/webhooks?new=true');
  await page.getByLabel('Address').fill('no address');
  await page.getByRole('button', { name: 'New webhook' }).last().click();
  await page.getByText('This is not an address of the web.').waitFor();
  await page.getByLabel('Address').fill('https://example.com/hook');
  await page.getByRole('checkbox', { name: 'call.*' }).click();
  await expectAccessible(page, 'the form of a webhook');
  await page.getByRole('button', { name: 'New webhook' }).last().click();
  await page.getByText('MULTIWA_SIGNING_SECRET=whsec_').waitFor();
  await page.getByRole('link', { name: 'Open it' }).click();
  await page.getByText('call.*').first().waitFor();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Switch off' }).click();
  await page.getByText('Switched off').first().waitFor();
  await page.getByRole('tab', { name: 'Settings' }).click();
  await page.getByLabel('Name of the header').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Add a header' }).click();
  await page.getByLabel('Name of the header').fill('authorization');
  await page.getByLabel('Value of the header').fill('Bearer 1234');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').waitFor();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByLabel('Type “example.com” to confirm').fill('example.com');
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No webhooks yet').waitFor();
  await leave();
});
