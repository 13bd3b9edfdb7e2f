import { postProfileConnect, postProfiles } from '@multiwa/sdk';
import { expectAccessible } from '../axe.ts';
import { journey, somebody, visitAs } from '../house.ts';

journey('two phones talk, one scans a profile, and a fault strikes where it is told to', async () => {
  const ana = await somebody();
  const { id } = await postProfiles({ client: ana.api, body: { name: 'Front desk', engine: 'sandbox' } });
  const { page, open, leave } = await visitAs(ana);
  const [one, other] = ['81', '82'].map((range) => `62${range}${String(Date.now()).slice(-9)}`);
  await open(`/sandbox?phones=${encodeURIComponent(JSON.stringify([one, other]))}`);
  const phones = page.getByRole('region', { name: /^Phone of/ });
  const first = phones.nth(0);
  const second = phones.nth(1);
  await first.getByRole('button', { name: 'New chat' }).click();
  await page.getByLabel('To', { exact: true }).fill(other ?? '');
  await page.getByRole('dialog').getByRole('button', { name: 'New chat' }).click();
  await first.getByLabel('Message', { exact: true }).fill('Is this on?');
  await first.getByRole('button', { name: 'Send', exact: true }).click();
  await second.getByText('Is this on?').click();
  await second.getByLabel('Message', { exact: true }).fill('It is.');
  await page.keyboard.press('Enter');
  await first.getByRole('log').getByText('It is.').waitFor();
  await first.getByRole('button', { name: 'Send something else' }).click();
  await page.getByRole('menuitem', { name: 'Poll' }).click();
  await second.getByRole('log').getByText('Which one?').waitFor();
  await expectAccessible(page, 'the sandbox');

  await postProfileConnect({ client: ana.api, path: { id } });
  await first.getByRole('button', { name: 'What this phone can do' }).click();
  await page.getByRole('menuitem', { name: 'Scan the code of Front desk' }).click();
  await page.getByText('The phone has scanned the code of Front desk').waitFor();

  await page.getByLabel('Search faults').fill('stream-503');
  await page.getByLabel('For').click();
  await page.getByRole('option', { name: one ?? '' }).click();
  await page.getByRole('button', { name: 'Put in force' }).click();
  await page.getByText('struck 1 time').waitFor();
  await page.getByRole('tab', { name: 'Ledger' }).click();
  await page.getByRole('region', { name: 'Ledger' }).getByText('message').first().waitFor();
  await expectAccessible(page, 'the ledger of the sandbox');
  await page.getByRole('tab', { name: 'Findings' }).click();
  await page.getByText('What linked devices did that WhatsApp does not expect.').waitFor();
  await leave();
});
