import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { journey, somebody, visitAs } from '../test/house.ts';
import { connectedProfile, phoneOf } from '../test/phones.ts';

const file = fileURLToPath(new URL('../../docs/dashboard.png', import.meta.url));

journey('the inbox, as the README shows it', async () => {
  const ana = await somebody();
  const shop = await connectedProfile(ana, 'Front desk');
  const to = shop.phone.number;
  const [wayan, sari, budi] = [await phoneOf('Wayan'), await phoneOf('Sari'), await phoneOf('Budi')];
  const { page, open, leave } = await visitAs(ana);
  await open('/inbox');
  await wayan.writes(to, { type: 'text', text: 'Could you keep two loaves for me until five?' });
  await page.getByRole('link', { name: /Wayan/ }).waitFor();
  await sari.writes(to, { type: 'voice', seconds: 7 });
  await page.getByRole('link', { name: /Sari/ }).waitFor();
  await budi.writes(to, { type: 'text', text: 'Good morning! Is there sourdough today?' });
  await page.getByRole('link', { name: /Budi/ }).click();

  const log = page.getByRole('log');
  await log.getByText('Good morning!').waitFor();
  const field = page.getByRole('textbox', { name: 'Message' });
  const says = async (text: string) => {
    await field.fill(text);
    await field.press('Enter');
    await log.getByText(text).waitFor();
    await expect.poll(async () => (await budi.messages()).map((one) => one.text)).toContain(text);
  };
  await says('Good morning, Budi. Yes: plain, and with sesame.');
  await budi.reads(to);
  const poll = await budi.writes(to, {
    type: 'poll',
    question: 'Which one for the party?',
    options: ['Sesame', 'Plain', 'Both'],
  });
  await log.getByText('Which one for the party?').waitFor();
  await budi.writes(to, { type: 'vote', id: poll, options: ['Both'] });
  await log.getByText('1 vote', { exact: true }).waitFor();
  await budi.writes(to, { type: 'text', text: 'Both, please. Where do I find you?' });
  await log.getByText('Where do I find you?').waitFor();
  await budi.writes(to, { type: 'location', latitude: -6.1754, longitude: 106.8272, name: 'Near Monas?' });
  await log.getByText('Near Monas?').waitFor();
  await says('Right behind it. See you at ten!');
  await budi.reads(to);
  await log.getByRole('img', { name: 'Read' }).nth(1).waitFor();
  await page.mouse.move(0, 0);
  await page.screenshot({ path: file });
  await leave();
});
