import { postProfileConnect, postProfileDisconnect, postProfiles } from '@multiwa/sdk';
import { expect } from 'vitest';
import { expectAccessible } from '../axe.ts';
import { journey, sandboxUrl, somebody, visitAs } from '../house.ts';

/** A phone of the network scans the code that the page shows. */
async function scan(number: string, qr: string): Promise<void> {
  const answer = await fetch(`${sandboxUrl()}/api/phones/${number}/scan`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ qr }),
  });
  if (!answer.ok) throw new Error(`Not scanned: ${await answer.text()}`);
}

const someNumber = () => `62812${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;

journey('the list of profiles changes by itself, and its filters stand in the address', async () => {
  const ana = await somebody();
  const client = ana.api;
  // More than one page of the API.
  const names = Array.from({ length: 230 }, (_, index) => `Branch ${String(index + 1).padStart(3, '0')}`);
  const made = await Promise.all(
    names.map((name) => postProfiles({ client, body: { name, engine: 'sandbox', labels: ['branch'] } })),
  );
  const { page, open, leave } = await visitAs(ana);
  await open('/profiles?sort=name');
  const table = page.getByRole('table', { name: 'Profiles' });
  await table.getByRole('row', { name: 'Branch 001' }).waitFor();
  await expectAccessible(page, 'the list of profiles');
  // Rows in sight only, and all of them in reach.
  expect(await table.getByRole('row').count()).toBeLessThan(80);
  await page.keyboard.press('j');
  const last = table.getByRole('row', { name: 'Branch 230' });
  await expect
    .poll(async () => {
      await table.evaluate((list) => list.parentElement?.scrollTo({ top: 1e6 }));
      return last.isVisible();
    })
    .toBe(true);
  await table.evaluate((list) => list.parentElement?.scrollTo({ top: 0 }));

  const first = made[0]?.id ?? '';
  await postProfileConnect({ client, path: { id: first } });
  const row = table.getByRole('row', { name: 'Branch 001' });
  await row.getByText('Needs a scan').waitFor();
  await page.getByRole('link', { name: 'Needs a scan 1' }).click();
  expect(new URL(page.url()).searchParams.get('status')).toBe('qr');
  await expect.poll(() => table.getByRole('row').count()).toBe(2);
  await page.goBack();

  await page.keyboard.press('/');
  await page.keyboard.type('branch 03');
  await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('branch 03');
  await expect.poll(() => table.getByRole('row').count()).toBe(11);
  await postProfileDisconnect({ client, path: { id: first }, body: {} });
  await page.getByLabel('Search').fill('');
  await table.getByRole('row', { name: 'Branch 001' }).getByText('Disconnected', { exact: true }).waitFor();
  await leave();
});

journey('a profile is made, linked by its code, paused, limited and deleted', async () => {
  const ana = await somebody();
  const { page, open, leave } = await visitAs(ana);
  await open('/profiles/new');
  await page.getByLabel('Name').fill('Front desk');
  await page.getByLabel('Network').click();
  await page.getByRole('option', { name: 'Sandbox' }).click();
  await page.getByRole('button', { name: 'Create and connect' }).click();
  const code = page.getByRole('img', { name: 'Code to scan' });
  await code.waitFor();
  await page.getByText(/New code in \d+ seconds?/).waitFor();
  await expectAccessible(page, 'a profile that waits for a scan');
  const number = someNumber();
  await scan(number, (await code.getAttribute('src')) ?? '');
  await page.getByText('It sends and receives.').waitFor();
  await page.getByText(`+${number}`).first().waitFor();

  await page.getByRole('tab', { name: 'Limits' }).click();
  await page.getByRole('button', { name: 'A new number' }).click();
  await page.getByText('At most 200 messages a day').waitFor();
  await page.getByRole('button', { name: 'Save' }).first().click();
  await page.getByText('The limits are saved').waitFor();
  await expectAccessible(page, 'the limits of a profile');

  await page.getByRole('tab', { name: 'Queue' }).click();
  await page.getByRole('switch', { name: 'Sending is on' }).click();
  await page.getByRole('switch', { name: 'Sending is paused' }).waitFor();
  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByRole('listitem').filter({ hasText: 'Needs a scan' }).first().waitFor();
  await expectAccessible(page, 'the history of a profile');

  await page.getByRole('tab', { name: 'Connection' }).click();
  await page.getByText('Sending is paused').waitFor();
  await page.getByRole('button', { name: 'Delete this profile' }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByRole('button', { name: 'Delete this profile' }).isDisabled()).toBe(true);
  await dialog.getByRole('textbox').fill('Front desk');
  await dialog.getByRole('button', { name: 'Delete this profile' }).click();
  await page.getByText('No profile yet').waitFor();
  await leave();
});

journey('codes of several profiles are scanned one after the other', async () => {
  const ana = await somebody();
  const client = ana.api;
  for (const name of ['One', 'Two']) {
    const { id } = await postProfiles({ client, body: { name, engine: 'sandbox' } });
    await postProfileConnect({ client, path: { id } });
  }
  const { page, open, leave } = await visitAs(ana);
  await open('/profiles');
  await page.getByRole('button', { name: 'Scan one after the other' }).click();
  const dialog = page.getByRole('dialog');
  const code = dialog.getByRole('img', { name: 'Code to scan' });
  for (const name of ['One', 'Two']) {
    await dialog.getByText(name, { exact: true }).waitFor();
    await code.waitFor();
    await scan(someNumber(), (await code.getAttribute('src')) ?? '');
  }
  await dialog.getByText('All codes are scanned').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Connected 2' }).waitFor();
  await leave();
});
