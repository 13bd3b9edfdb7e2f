import { postMessagesText, postProfiles } from '@multiwa/sdk';
import { expectAccessible } from '../axe.ts';
import { journey, somebody, visitAs } from '../house.ts';

journey('events are seen as they happen, held while they are paused, and explained', async () => {
  const ana = await somebody();
  const { api: client } = ana;
  const { id: profileId } = await postProfiles({ client, body: { displayName: 'Shop', engine: 'sandbox' } });
  const say = (text: string) =>
    postMessagesText({
      client,
      body: { profileId, to: '628123456789', text, clientReference: text },
    });
  const { page, open, leave } = await visitAs(ana);
  await open('/developers/events?event=message.queued');
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByText('Nothing has happened yet').waitFor();
  await say('one');
  const rows = page.getByRole('log').getByRole('button', { name: 'message.queued' });
  await rows.first().click();
  await page.getByRole('region', { name: 'message.queued' }).getByText('"one"').waitFor();
  await expectAccessible(page, 'an event');

  await page.getByRole('button', { name: 'Pause' }).click();
  await say('two');
  await page.getByText('Paused, 1 new').waitFor();
  await page.getByRole('button', { name: 'Go on' }).click();
  await rows.nth(1).waitFor();
  await page.getByRole('link', { name: 'In the catalogue' }).click();
  await page.getByRole('heading', { name: 'Fields' }).waitFor();
  await expectAccessible(page, 'the catalogue');
  await leave();
});
