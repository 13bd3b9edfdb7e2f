import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { later, until } from './until.ts';

const ANNA = '628650000001';
const BEN = '628650000002';
const CARL = '628650000003';
const EVE = '628650000004';
const DAY_MS = 86_400_000;
const jid = (number: string): string => `${number}@s.whatsapp.net`;
let kit: TestSandbox;
let anna: Client;
let ben: Client;
let carl: Client;
let group: string;

const groupOf = async (subject: string, members: string[], addressingMode = 'lid'): Promise<string> =>
  (await kit.post<{ jid: string }>('/api/groups', { by: ANNA, subject, members, addressingMode })).body.jid;

const knows = (client: Client, id: string): Promise<unknown> =>
  until(`the group ${id}`, () =>
    client.events.some(({ name, data }) => name === 'groups.upsert' && JSON.stringify(data).includes(id)),
  );

/** How somebody was last shown to be in a chat. */
function shown(client: Client, chat: string, participant: string): string | undefined {
  const updates = client.events.filter(({ name }) => name === 'presence.update');
  const about = updates.map(
    ({ data }) => data as { id: string; presences: Record<string, { lastKnownPresence: string }> },
  );
  return about.findLast((each) => each.id === chat && each.presences[participant])?.presences[participant]
    ?.lastKnownPresence;
}

const lidOf = (client: Client): string => client.creds.me?.lid?.replace(/:\d+/, '') ?? '';

function told(client: Client): string[] {
  const updates = client.events.filter(({ name }) => name === 'contacts.update');
  return updates
    .flatMap(({ data }) => data as { id: string; imgUrl?: string }[])
    .flatMap(({ id, imgUrl }) => (id === group && imgUrl ? [imgUrl] : []));
}

beforeAll(async () => {
  kit = await TestSandbox.start();
  [anna, ben, carl] = await Promise.all([kit.linked(ANNA), kit.linked(BEN), kit.linked(CARL)]);
  await kit.post('/api/phones', { number: EVE });
  group = await groupOf('Choir', [BEN, EVE]);
  await Promise.all([knows(anna, group), knows(ben, group)]);
});
afterAll(() => kit.close());

test('typing in a group shows to members under the name the group uses, and to nobody else', async () => {
  await anna.live.sendPresenceUpdate('composing', group);
  await until('composing', () => shown(ben, group, lidOf(anna)) === 'composing');
  const { typing } = (await kit.get<{ typing: unknown[] }>(`/api/phones/${EVE}`)).body;
  expect(typing).toMatchObject([{ chat: group, from: ANNA, media: 'text' }]);
  await anna.live.sendPresenceUpdate('paused', group);
  await until('paused', () => shown(ben, group, lidOf(anna)) === 'available');
  const old = await groupOf('Old friends', [BEN], 'pn');
  await kit.post(`/api/phones/${ANNA}/presence`, { state: 'recording', to: old });
  await until('recording', () => shown(ben, old, jid(ANNA)) === 'recording');
  expect(carl.events.some(({ name }) => name === 'presence.update')).toBe(false);
});

test('who is not in a group can not type in it', async () => {
  await carl.live.sendPresenceUpdate('composing', group);
  expect(await kit.post(`/api/phones/${CARL}/presence`, { state: 'composing', to: group })).toMatchObject({
    ...{ status: 403, body: { error: { code: 'GROUP_FORBIDDEN' } } },
  });
  expect((await kit.get(`/api/phones/${EVE}`)).body.typing).toEqual([]);
});

test('a picture of a group is set by a member, told to all, and shown to members only', async () => {
  await expect(ben.live.profilePictureUrl(group, 'image')).rejects.toMatchObject({ data: 404 });
  expect((await kit.ask('PUT', `/api/groups/${group}/picture`, { by: EVE })).status).toBe(200);
  await until('told', () => told(anna).length === 1 && told(ben).length === 1);
  const url = (await ben.live.profilePictureUrl(group, 'image')) ?? '';
  const image = Buffer.from(await (await fetch(url)).arrayBuffer());
  await expect(carl.live.profilePictureUrl(group, 'image')).rejects.toMatchObject({ data: 401 });
  const answer = await ben.live.query({
    ...{
      tag: 'iq',
      attrs: { type: 'get', xmlns: 'w:profile:picture', to: '@s.whatsapp.net', target: group },
    },
    content: [{ tag: 'picture', attrs: { type: 'image', query: 'url' } }],
  });
  const [{ attrs }] = answer.content as [{ attrs: Record<string, string> }];
  expect(`${kit.url}${attrs.direct_path}`).toBe(url);
  await ben.live.updateProfilePicture(group, image);
  await until('told again', () => told(anna).length === 2);
  await until('a line in the chat', () =>
    anna.received.some(({ key, messageStubType }) => key.remoteJid === group && messageStubType === 22),
  );
  const kept = await fetch(`${kit.url}/api/groups/${group}/picture`);
  expect(kept.headers.get('content-type')).toBe('image/jpeg');
  await ben.live.removeProfilePicture(group);
  await until('removed', () => told(anna).at(-1) === 'removed');
  expect((await kit.get(`/api/groups/${group}/picture`)).status).toBe(404);
});

test('only admins change the picture of a locked group, and only members that of any', async () => {
  await kit.ask('PUT', `/api/groups/${group}`, { by: ANNA, locked: true });
  const put = (by: string) => kit.ask('PUT', `/api/groups/${group}/picture`, { by });
  expect(await put(EVE)).toMatchObject({ status: 403, body: { error: { code: 'GROUP_FORBIDDEN' } } });
  expect(await put(CARL)).toMatchObject({ status: 403 });
  await expect(ben.live.removeProfilePicture(group)).rejects.toMatchObject({ data: 403 });
  expect(await put(ANNA)).toMatchObject({ status: 200 });
  const away = (by: string) => kit.ask('DELETE', `/api/groups/${group}/picture`, { by });
  expect((await away(EVE)).status).toBe(403);
  expect((await away(ANNA)).status).toBe(200);
  expect((await away(ANNA)).status).toBe(404);
});

test('who lets only contacts add to groups is not added by a stranger, but by a contact', async () => {
  await carl.live.updateGroupsAddPrivacy('contacts');
  const add = () => anna.live.groupParticipantsUpdate(group, [jid(CARL)], 'add');
  expect(await add()).toMatchObject([{ status: '403' }]);
  await carl.say(ANNA, 'let me in');
  await anna.heard('let me in');
  expect(await add()).toMatchObject([{ status: '200' }]);
  await knows(carl, group);
});

test('a personal invitation ends after three days', async () => {
  await carl.live.updateGroupsAddPrivacy('none' as never);
  const id = await groupOf('By invitation', []);
  const [result] = await anna.live.groupParticipantsUpdate(id, [jid(CARL)], 'add');
  const attrs = (result!.content as any).content[0].attrs as Record<string, string>;
  const invitation = { groupJid: id, inviteCode: attrs.code, inviteExpiration: Number(attrs.expiration) };
  const accept = () => carl.live.groupAcceptInviteV4(jid(ANNA), invitation as never);
  await expect(later(3 * DAY_MS + 1000, accept)).rejects.toMatchObject({ data: 410 });
  expect(await accept()).toBe(id);
});

test('a group takes 1024 people and nobody more', async () => {
  const crowd = Array.from({ length: 1022 }, (_, index) => String(628651000000 + index));
  const id = await groupOf('Crowd', [...crowd, EVE]);
  const add = { by: ANNA, action: 'add', numbers: [BEN] };
  const { body } = await kit.post(`/api/groups/${id}/participants`, add);
  expect(body).toEqual([{ number: BEN, status: 419 }]);
  await kit.post(`/api/groups/${id}/leave`, { by: EVE });
  expect((await kit.post(`/api/groups/${id}/participants`, add)).body).toEqual([
    { number: BEN, status: 200 },
  ]);
});

test('reading in a group is told even by those who have read receipts off', async () => {
  await kit.ask('PUT', `/api/phones/${EVE}/privacy`, { readreceipts: 'none' });
  const id = await ben.say(group, 'practice at eight');
  await until('shown', async () =>
    (await kit.seen(EVE, group)).some(({ text }) => text === 'practice at eight'),
  );
  await kit.post(`/api/phones/${EVE}/read`, { chat: group });
  await until('the receipt', async () =>
    (await kit.ledger(`number=${BEN}&messageId=${id}`)).some(
      (line) => line.direction === 'out' && line.type === 'read',
    ),
  );
});

test('a blocked person is still heard in a group, and the status of that person is not seen', async () => {
  await kit.ask('PUT', `/api/phones/${EVE}/blocked/${BEN}`);
  await ben.say(group, 'can Eve hear me here?');
  await until('heard in the group', async () =>
    (await kit.seen(EVE, group)).some(({ text }) => text === 'can Eve hear me here?'),
  );
  const send = (audience: string[]) =>
    kit.post<{ id: string }>(`/api/phones/${BEN}/messages`, {
      ...{ to: 'status@broadcast', type: 'text', text: 'on stage', audience },
    });
  const { status, body } = await send([EVE, ANNA]);
  expect(status).toBe(200);
  await anna.heard('on stage');
  expect(await kit.seen(EVE, 'status@broadcast')).toEqual([]);
  const delivered = await kit.ledger(`messageId=${body.id}&kind=delivered`);
  expect(delivered.some(({ number }) => number === EVE)).toBe(false);
  expect(kit.problems).toEqual([]);
});
