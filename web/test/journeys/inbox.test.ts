import { getConversations, postProfileDisconnect } from '@multiwa/sdk';
import { expect } from 'vitest';
import { expectAccessible } from '../axe.ts';
import { journey, somebody, visitAs } from '../house.ts';
import { connectedProfile, faultOf, phoneOf } from '../phones.ts';

/** A picture of one colour, as small as they come. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

journey('a person and a phone write to each other, with every kind of message', async () => {
  const ana = await somebody();
  const [shop, budi] = [await connectedProfile(ana), await phoneOf('Budi')];
  const { page, leave } = await visitAs(ana);
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await page.getByText('No conversation yet').waitFor();
  const to = shop.phone.number;
  const id = await budi.writes(to, { type: 'text', text: 'Is there *bread* today? See www.example.com' });

  // It comes in by itself, unread; opening it reads it, here and on the phone.
  await page.getByRole('link', { name: /Budi.*1 unread message/ }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const log = page.getByRole('log');
  await log.locator('strong', { hasText: 'bread' }).waitFor();
  expect(await log.getByRole('link', { name: 'www.example.com' }).getAttribute('rel')).toContain('noopener');
  await expect.poll(() => page.getByRole('img', { name: /unread message/ }).count()).toBe(0);

  const field = page.getByRole('textbox', { name: 'Message' });
  await field.fill('Yes, with sesame');
  await field.press('Enter');
  await log.getByText('Yes, with sesame').waitFor();
  await expect
    .poll(async () => (await budi.messages()).map(({ text }) => text))
    .toContain('Yes, with sesame');
  await budi.reads(to);
  await log.getByRole('img', { name: 'Read' }).waitFor();

  await budi.writes(to, { type: 'image', caption: 'This one' });
  await log.getByText('This one').waitFor();
  const picture = log.getByRole('button', { name: 'Open Picture' }).locator('img');
  await picture.waitFor();
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0);
  expect(await picture.getAttribute('src')).toMatch(/^\/api\/v1\/media\//);
  await budi.writes(to, { type: 'video', caption: 'Look' });
  await log.locator('video').waitFor();
  await budi.writes(to, { type: 'voice', seconds: 4 });
  await log.locator('audio').waitFor();
  await budi.writes(to, { type: 'document', fileName: 'prices.pdf' });
  await log.getByRole('link', { name: /prices\.pdf/ }).waitFor();
  await budi.writes(to, { type: 'sticker' });
  await log.getByRole('img', { name: 'Sticker' }).waitFor();
  await budi.writes(to, { type: 'location', latitude: -6.1754, longitude: 106.8272, name: 'Monas' });
  await log.getByText('Monas').waitFor();
  await budi.writes(to, { type: 'contact', name: 'Ben', number: '628111000003' });
  await log.getByText('Ben', { exact: true }).waitFor();
  const poll = await budi.writes(to, { type: 'poll', question: 'Lunch?', options: ['Rice', 'Noodles'] });
  await log.getByText('Lunch?').waitFor();
  await budi.writes(to, { type: 'vote', id: poll, options: ['Rice'] });
  await log.getByText('1 vote', { exact: true }).waitFor();
  const wrong = await budi.writes(to, { type: 'text', text: 'Tomorow' });
  await log.getByText('Tomorow').waitFor();
  await budi.writes(to, { type: 'edit', id: wrong, text: 'Tomorrow' });
  await log.getByText('edited').waitFor();
  await budi.writes(to, { type: 'revoke', id: wrong });
  await log.getByText('This message was deleted.').waitFor();
  await budi.writes(to, { type: 'text', text: 'Thanks!', quoted: id });
  await log.getByRole('button', { name: /Budi.*bread/ }).waitFor();
  await expectAccessible(page, 'a conversation');

  // By keyboard: reply to the last message, react to it, send a file.
  await log.getByText('Thanks!').last().click();
  await page.keyboard.press('r');
  await page.getByText('Reply to Budi').waitFor();
  await page.keyboard.type('You are welcome');
  await page.keyboard.press('Enter');
  await log.getByRole('button', { name: /Budi.*Thanks/ }).waitFor();
  await log.getByText('Thanks!').first().hover();
  await page.getByRole('button', { name: 'React', exact: true }).click();
  await page.getByRole('button', { name: 'React with 👍' }).click();
  await expect
    .poll(async () => JSON.stringify((await budi.messages()).map(({ content }) => content.reactions ?? [])))
    .toContain('👍');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'loaf.png', mimeType: 'image/png', buffer: png });
  await field.fill('Fresh');
  await field.press('Enter');
  await expect.poll(async () => (await budi.messages()).map(({ text }) => text)).toContain('Fresh');
  await log.getByText('Fresh').waitFor();
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/inbox-kinds.png` });

  // What was said is found, and leads to its place.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.type('sesame');
  await page.getByRole('link', { name: /with sesame/ }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get('m')).not.toBeNull();
  await log.getByText('Yes, with sesame').waitFor();

  // Away and back, twice: the list is drawn from what is at hand, though nothing new comes.
  for (let times = 0; times < 2; times++) {
    await page.getByRole('link', { name: 'Profiles' }).click();
    await page.getByRole('heading', { name: 'Profiles' }).waitFor();
    await page.getByRole('link', { name: 'Inbox' }).click();
    await page.getByRole('link', { name: /Budi/ }).waitFor({ timeout: 10_000 });
  }
  await leave();
});

journey(
  'a send that fails says why in the language of the person, and is made again as a new message',
  async () => {
    const ana = await somebody();
    const [shop, budi] = [await connectedProfile(ana), await phoneOf('Budi')];
    await budi.writes(shop.phone.number, { type: 'text', text: 'Hello' });
    const known = () => getConversations({ client: ana.api });
    await expect.poll(async () => (await known()).total).toBe(1);
    const conversation = (await known()).conversations[0]?.id;
    const { page, open, leave } = await visitAs(ana, { language: 'es' });
    await page.setViewportSize({ width: 390, height: 780 });
    await open(`/inbox/${conversation}`);
    const end = await faultOf(shop.phone.number, { name: 'refuse-message', code: 406, count: 1 });
    const field = page.getByRole('textbox', { name: 'Mensaje' });
    await field.fill('¿Sigues ahí?');
    await field.press('Enter');
    const log = page.getByRole('log');
    await log.getByText('WhatsApp rechazó el mensaje.').waitFor();
    await log.getByText('REFUSED_406').waitFor();
    await end();
    await expectAccessible(page, 'a message that failed, at 390 px');
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/inbox-failed.png` });
    await log.getByRole('button', { name: 'Enviar de nuevo' }).click();
    await log.getByRole('button', { name: 'Enviado de nuevo más abajo.' }).waitFor();
    await expect.poll(async () => (await budi.messages()).map(({ text }) => text)).toContain('¿Sigues ahí?');

    // Back is the list, which is alone on a phone.
    await page.getByRole('link', { name: 'Volver a las conversaciones' }).click();
    await page.getByRole('link', { name: /Budi/ }).waitFor();
    await leave();
  },
);

journey(
  'a new chat begins by its number; what can not leave yet says why, waits, and goes out once',
  async () => {
    const ana = await somebody();
    const [shop, budi] = [await connectedProfile(ana), await phoneOf('Budi')];
    const texts = async () => (await budi.messages()).map(({ text }) => text);
    const { page, open, leave } = await visitAs(ana);
    await open('/inbox');
    await page.keyboard.press('n');
    await page.getByLabel('Number with country code').fill(`+${budi.number}`);
    await page.getByLabel('First message').fill('First');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const log = page.getByRole('log');
    await log.getByText('First').waitFor();

    // The tab has no connection, though all that one writes with.
    const field = page.getByRole('textbox', { name: 'Message' });
    await field.waitFor();
    await page.context().setOffline(true);
    await field.fill('Second');
    await field.press('Enter');
    await page.getByText('No connection: 1 message waits in this tab').waitFor();
    await page.context().setOffline(false);
    await expect.poll(texts).toContain('Second');
    await expect.poll(() => page.getByText('No connection: 1 message').count()).toBe(0);

    // The profile has none.
    await postProfileDisconnect({ client: ana.api, path: { id: shop.id } });
    await page.getByText('is not connected. What you send waits').waitFor();
    await field.fill('Third');
    await field.press('Enter');
    await log.getByText('The profile is not connected.').waitFor();
    await log.getByRole('button', { name: 'Take it back' }).click();
    await log.getByText('Taken back before it left.').waitFor();
    await expectAccessible(page, 'messages that wait');
    expect((await texts()).sort()).toEqual(['First', 'Second']);
    await leave(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK|WebSocket|Failed to load resource/);
  },
);
