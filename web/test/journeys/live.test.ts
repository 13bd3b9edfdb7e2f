import { postContacts, postProfiles } from '@multiwa/sdk';
import type { WebSocketRoute } from 'playwright-core';
import { expect } from 'vitest';
import { journey, signIn, somebody, visit } from '../house.ts';

journey('a page follows what happens, says when it can not, and then has what it missed', async () => {
  const ana = await somebody();
  const { page, open, leave } = await visit();
  const connections = new Set<WebSocketRoute>();
  const opened = Promise.withResolvers<void>();
  await page.routeWebSocket(/socket\.io/, async (socket) => {
    connections.add(socket);
    await opened.promise;
    socket.connectToServer();
  });
  await open('/sign-in');
  await signIn(page, ana);
  const strip = page.getByText('Reconnecting…');
  const contacts = () => page.locator('dt', { hasText: 'Contacts' }).locator('..').locator('dd').innerText();
  await expect.poll(contacts).toBe('0');
  const profile = await postProfiles({ client: ana.api, body: { name: 'Front desk', engine: 'sandbox' } });
  const add = (name: string, phone: string) =>
    postContacts({ client: ana.api, body: { profileId: profile.id, name, phone } });

  // Between what the page has read and what it hears of.
  await expect.poll(() => connections.size).toBe(1);
  await add('Zero', '628111000000');
  opened.resolve();
  await expect.poll(contacts).toBe('1');
  await add('One', '628111000001');
  await expect.poll(contacts).toBe('2');
  expect(await strip.isVisible()).toBe(false);

  // Without a network none comes back; the one there was is cut.
  await page.context().setOffline(true);
  for (const connection of connections) await connection.close();
  await strip.waitFor();
  await add('Two', '628111000002');
  await page.context().setOffline(false);
  await strip.waitFor({ state: 'detached' });
  await expect.poll(contacts).toBe('3');
  await leave(/WebSocket|INTERNET_DISCONNECTED/);
});
