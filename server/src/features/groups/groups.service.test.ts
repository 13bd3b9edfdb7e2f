import { expect, test } from 'vitest';
import type { Actor } from '../../platform/actor.ts';
import { storedChat } from '../../platform/chat-id.ts';
import type { Desk } from './desk.ts';
import { createGroupService } from './groups.service.ts';
import type { GroupStore, ListedGroup } from './groups.store.ts';
import type { Invitations } from './invitations.ts';

test('a group that was made is answered, also when its profile goes over to another node then', async () => {
  const chat = storedChat('120363000000000001@g.us');
  const made: string[] = [];
  let looks = 0;
  const now = new Date();
  const group = { chat, subject: 'Bakers', fetched_at: now, updated_at: now } as unknown as ListedGroup;
  const service = createGroupService({
    defaultCountry: 'ID',
    invitations: {} as Invitations,
    desk: {
      senderOf: async () => ({ id: 'p', status: 'connected', defaultCountry: null }),
      ask: async () => {
        made.push(chat);
        return { chat, results: [] };
      },
    } as unknown as Desk,
    // Its new node finds it a little later.
    store: {
      find: async () => (++looks > 2 ? group : undefined),
    } as unknown as GroupStore,
  });
  const body = { profileId: 'p', name: 'Bakers', participants: ['628111000001'] };
  expect(await service.create({} as Actor, body)).toMatchObject({ id: chat, name: 'Bakers' });
  expect([made.length, looks]).toEqual([1, 3]);
});
