import type { BinaryNode } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, TestSandbox, until } from './kit.ts';

const [ANNA, BEN, CARL, DORA, EMIL] = [
  '628511000001',
  '628511000002',
  '628511000003',
  '628511000004',
  '628511000005',
];
const pn = (number: string): string => `${number}@s.whatsapp.net`;
let kit: TestSandbox;
let anna: Client;
let ben: Client;
let carl: Client;

beforeAll(async () => {
  kit = await TestSandbox.start();
  for (const [number, name] of [
    [DORA, 'Dora'],
    [EMIL, 'Emil'],
  ])
    await kit.post('/api/phones', { number, name });
  [anna, ben, carl] = await Promise.all([kit.linked(ANNA), kit.linked(BEN), kit.linked(CARL)]);
});
afterAll(() => kit.close());

/** A group of Anna's that the given clients know of. */
async function groupOf(subject: string, numbers: string[], clients: Client[]): Promise<string> {
  const { id } = await anna.live.groupCreate(subject, numbers.map(pn));
  await Promise.all([anna, ...clients].map((client) => hearsOf(client, id)));
  return id;
}

const hearsOf = (client: Client, id: string) =>
  until(`${client.id} in ${id}`, () => groupEvents(client, 'groups.upsert').some((group) => group.id === id));

function groupEvents(client: Client, name: string): any[] {
  return client.events.filter((event) => event.name === name).flatMap((event) => event.data as any);
}

function changes(client: Client, id: string, action: string): string[][] {
  return groupEvents(client, 'group-participants.update')
    .filter((event) => event.id === id && event.action === action)
    .map((event) =>
      event.participants.map((each: { phoneNumber?: string; id: string }) => each.phoneNumber ?? each.id),
    );
}

const hearsOfRequest = (client: Client, request: object) =>
  until(JSON.stringify(request), () =>
    groupEvents(client, 'group.join-request').some((each) =>
      Object.entries(request).every(([key, value]) => each[key] === value),
    ),
  );

const lidOf = (client: Client): string => client.creds.me?.lid?.replace(/:\d+@/, '@') ?? '';

/** Receipts of a message; those that came while the client held its events back are on the message itself. */
function receiptsOf(client: Client, id: string): any[] {
  const told = groupEvents(client, 'message-receipt.update').filter((each) => each.key.id === id);
  const merged = client.received
    .filter((message) => message.key.id === id)
    .flatMap((message) => message.userReceipt ?? []);
  return [...told.map((each) => each.receipt), ...merged];
}

test('who makes a group is its superadmin, everybody hears of it, and its list has both names of each member', async () => {
  const id = await groupOf('Bakery', [BEN, CARL, DORA], [ben, carl]);
  const metadata = await ben.live.groupMetadata(id);
  expect(metadata).toMatchObject({
    id,
    subject: 'Bakery',
    addressingMode: 'lid',
    size: 4,
    owner: lidOf(anna),
  });
  expect(metadata.participants).toContainEqual(
    expect.objectContaining({ id: lidOf(anna), phoneNumber: pn(ANNA), admin: 'superadmin' }),
  );
  expect(metadata.participants).toContainEqual(
    expect.objectContaining({ id: lidOf(carl), phoneNumber: pn(CARL), admin: null }),
  );
  expect(Object.keys(await carl.live.groupFetchAllParticipating())).toContain(id);
  const { body } = await kit.get<{ members: unknown[] }>(`/api/groups/${id}`);
  expect(body.members).toContainEqual({ number: DORA, name: 'Dora', role: 'member' });
});

test('a text to a group reaches every device of every member once, and each member’s receipts come back', async () => {
  const laptop = await kit.linked(BEN);
  const id = await groupOf('Team', [BEN, CARL, DORA], [ben, laptop, carl]);
  const first = await anna.say(id, 'hello team');
  await Promise.all([ben, laptop, carl].map((client) => client.heard('hello team')));
  const heard = await ben.heard('hello team');
  expect(heard.key).toMatchObject({
    remoteJid: id,
    participant: expect.stringContaining('@lid'),
    participantAlt: pn(ANNA),
    fromMe: false,
  });
  expect(await kit.seen(DORA, id)).toMatchObject([
    { chat: id, from: ANNA, text: 'hello team', type: 'text' },
  ]);
  await carl.live.readMessages([(await carl.heard('hello team')).key]);
  const userOf = (status: string) =>
    receiptsOf(anna, first)
      .filter((each) => each[status])
      .map((each) => each.userJid);
  await until('three deliveries', () => new Set(userOf('receiptTimestamp')).size >= 3);
  await until('a read by Carl', () => userOf('readTimestamp').includes(lidOf(carl)));
  const toAnna = await kit.ledger(`number=${ANNA}&messageId=${first}`);
  expect(toAnna.filter(({ tag, direction }) => tag === 'message' && direction === 'out')).toEqual([]);
  const reply = await ben.say(id, 'hello Anna');
  await Promise.all([anna, laptop, carl].map((client) => client.heard('hello Anna')));
  await until('Ben hears of it', () => receiptsOf(ben, reply).length >= 3);
  for (const client of [ben, laptop, carl])
    expect(client.texts().filter((text) => text === 'hello team')).toHaveLength(1);
  await laptop.end();
});

test('a phone writes to a group, reads what is said there, and opening the chat tells each author', async () => {
  const id = await groupOf('Phones', [BEN, DORA, EMIL], [ben]);
  const fromBen = await ben.say(id, 'who is there?');
  const fromAnna = await anna.say(id, 'I am');
  const sent = await kit.post<{ id: string }>(`/api/phones/${DORA}/messages`, {
    to: id,
    type: 'text',
    text: 'me too',
  });
  expect(sent.status).toBe(200);
  const [heard] = await Promise.all([anna.heard('me too'), ben.heard('me too')]);
  expect(heard).toMatchObject({ pushName: 'Dora', key: { remoteJid: id } });
  expect((await kit.seen(EMIL, id)).map((message) => message.text)).toEqual([
    'who is there?',
    'I am',
    'me too',
  ]);
  expect((await kit.post(`/api/phones/${EMIL}/read`, { chat: id })).body).toEqual({ read: 3 });
  const readBy = (client: Client, message: string) =>
    receiptsOf(client, message).some((each) => each.readTimestamp);
  await until('both hear of reading', () => readBy(ben, fromBen) && readBy(anna, fromAnna));
  await ben.live.readMessages([(await ben.heard('me too')).key]);
  const receipts = await until('Dora sees who read it', async () => {
    const mine: any = (await kit.seen(DORA, id)).find((message) => message.id === sent.body.id);
    return mine.receipts.filter((each: any) => each.readAt).length === 2 && mine;
  });
  expect(receipts.status).toBe('delivered');
  expect(receipts.receipts.map((each: any) => each.number).sort()).toEqual([ANNA, BEN, EMIL]);
});

test('adding, removing, promoting and demoting answer for each person, and everybody hears of what changed', async () => {
  const id = await groupOf('Changes', [BEN], [ben]);
  expect(
    await anna.live.groupParticipantsUpdate(id, [pn(CARL), pn(BEN), pn('628511999999')], 'add'),
  ).toMatchObject([
    { status: '200', jid: lidOf(carl) },
    { status: '409', jid: lidOf(ben) },
    { status: '404', jid: pn('628511999999') },
  ]);
  await hearsOf(carl, id);
  await until('Ben hears of Carl', () => changes(ben, id, 'add').flat().includes(pn(CARL)));
  expect(await anna.live.groupParticipantsUpdate(id, [lidOf(ben)], 'promote')).toMatchObject([
    { status: '200' },
  ]);
  await until('Ben is admin', () => changes(carl, id, 'promote').flat().includes(pn(BEN)));
  expect(await ben.live.groupParticipantsUpdate(id, [lidOf(anna)], 'demote')).toMatchObject([
    { status: '406' },
  ]);
  expect(await anna.live.groupParticipantsUpdate(id, [lidOf(ben)], 'demote')).toMatchObject([
    { status: '200' },
  ]);
  await expect(ben.live.groupParticipantsUpdate(id, [pn(CARL)], 'remove')).rejects.toMatchObject({
    data: 403,
  });
  await expect(ben.live.groupParticipantsUpdate(id, [pn(EMIL)], 'add')).rejects.toMatchObject({ data: 403 });
  expect(await anna.live.groupParticipantsUpdate(id, [pn(CARL), pn(DORA)], 'remove')).toMatchObject([
    { status: '200' },
    { status: '404' },
  ]);
  await until('Carl is told', () => changes(carl, id, 'remove').flat().includes(pn(CARL)));
  await expect(carl.live.groupMetadata(id)).rejects.toMatchObject({ data: 403 });
  await ben.live.groupLeave(id);
  await until('Anna hears that Ben left', () => changes(anna, id, 'remove').flat().includes(pn(BEN)));
  await expect(anna.live.groupMetadata('120363999999999999@g.us')).rejects.toMatchObject({ data: 404 });
});

test('somebody removed can neither write nor read on', async () => {
  const id = await groupOf('Secrets', [BEN, CARL, DORA], [ben, carl]);
  await kit.post(`/api/phones/${DORA}/messages`, { to: id, type: 'text', text: 'before' });
  await Promise.all([carl.heard('before'), ben.heard('before')]);
  const refused = await carl.say(id, 'still here');
  await ben.heard('still here');
  expect(carl.acks.find((ack) => ack.id === refused)?.error).toBeUndefined();
  await anna.live.groupParticipantsUpdate(id, [pn(CARL)], 'remove');
  await until('Carl is told', () => changes(carl, id, 'remove').flat().includes(pn(CARL)));
  await kit.post(`/api/phones/${DORA}/messages`, { to: id, type: 'text', text: 'after' });
  const after = await ben.heard('after');
  const letters = await kit.ledger(`number=${BEN}&messageId=${after.key.id}`);
  // The key that Carl has is of no use any more: everybody else is given a new one along.
  expect(letters.find(({ enc }) => enc.includes('skmsg'))?.enc).toMatch(/msg,skmsg/);
  const letMeIn = {
    ...{ tag: 'message', attrs: { id: 'LETMEIN', to: id, type: 'text' } },
    content: [{ tag: 'enc', attrs: { v: '2', type: 'skmsg' }, content: Buffer.from('let me in') }],
  };
  expect((await carl.live.query(letMeIn)).attrs).toMatchObject({ id: 'LETMEIN', error: '403' });
  expect(carl.texts()).not.toContain('after');
  const phones = await kit.seen(CARL, id);
  expect(phones.map((message) => message.text)).not.toContain('after');
});

test('a phone that a group does not let write is told so, and shows nothing as sent', async () => {
  const made = await kit.post<{ jid: string }>('/api/groups', { by: DORA, subject: 'News', members: [EMIL] });
  const { jid } = made.body;
  const write = (number: string, body: object) =>
    kit.post(`/api/phones/${number}/messages`, { to: jid, ...body });
  const forbidden = { status: 403, body: { error: { code: 'GROUP_FORBIDDEN' } } };
  const text = { type: 'text', text: 'may I?' };
  expect(await write(CARL, text)).toMatchObject(forbidden);
  await kit.ask('PUT', `/api/groups/${jid}`, { by: DORA, announcement: true });
  expect(await write(EMIL, text)).toMatchObject(forbidden);
  expect([await kit.seen(CARL, jid), await kit.seen(EMIL, jid)]).toEqual([[], []]);
  expect(await write(DORA, text)).toMatchObject({ status: 200 });
  expect(await kit.seen(EMIL, jid)).toMatchObject([{ text: 'may I?' }]);
  expect(await write(DORA, { type: 'disappearing', seconds: 86_400 })).toMatchObject({
    ...{ status: 400, body: { error: { message: expect.stringContaining('PUT /api/groups') } } },
  });
});

test('subject, description and permissions are seen by everybody, and kept from those who may not change them', async () => {
  const id = await groupOf('Old name', [BEN], [ben]);
  const updates = () => groupEvents(ben, 'groups.update').filter((each) => each.id === id);
  const hears = (change: object) =>
    until(JSON.stringify(change), () =>
      updates().some((each) => Object.entries(change).every(([key, value]) => each[key] === value)),
    );
  await anna.live.groupUpdateSubject(id, 'New name');
  await hears({ subject: 'New name' });
  await anna.live.groupUpdateDescription(id, 'Bread and rolls');
  await hears({ desc: 'Bread and rolls' });
  const outdated = {
    ...{ tag: 'description', attrs: { id: 'LATER', prev: 'EARLIER' } },
    content: [{ tag: 'body', attrs: {}, content: Buffer.from('Cakes') }],
  };
  const attrs = { type: 'set', xmlns: 'w:g2', to: id };
  await expect(ben.live.query({ tag: 'iq', attrs, content: [outdated] })).rejects.toMatchObject({
    data: 409,
  });
  await anna.live.groupSettingUpdate(id, 'announcement');
  await hears({ announce: true });
  await anna.live.groupSettingUpdate(id, 'locked');
  await hears({ restrict: true });
  const lasting = (seconds: number | null) =>
    until(`messages last ${seconds}`, () =>
      groupEvents(ben, 'chats.update').some((each) => each.id === id && each.ephemeralExpiration === seconds),
    );
  await anna.live.groupToggleEphemeral(id, 86_400);
  await lasting(86_400);
  await anna.live.groupMemberAddMode(id, 'all_member_add');
  await hears({ memberAddMode: true });
  await anna.live.groupJoinApprovalMode(id, 'on');
  await hears({ joinApprovalMode: true });
  expect(await ben.live.groupMetadata(id)).toMatchObject({
    ...{
      subject: 'New name',
      desc: 'Bread and rolls',
      descOwner: lidOf(anna),
      announce: true,
      restrict: true,
    },
    ...{ ephemeralDuration: 86_400, memberAddMode: true, joinApprovalMode: true },
  });
  await expect(ben.live.groupUpdateSubject(id, 'Mine')).rejects.toMatchObject({ data: 403 });
  const shout = await ben.say(id, 'may I?');
  await until('a refusal', () => ben.acks.some((ack) => ack.id === shout && ack.error === '403'));
  await anna.live.groupSettingUpdate(id, 'not_announcement');
  await hears({ announce: false });
  await anna.live.groupSettingUpdate(id, 'unlocked');
  await hears({ restrict: false });
  await anna.live.groupToggleEphemeral(id, 0);
  await lasting(null);
  await anna.live.groupUpdateDescription(id);
  await ben.live.groupUpdateSubject(id, 'Ours');
  const metadata = await anna.live.groupMetadata(id);
  expect(metadata).toMatchObject({
    subject: 'Ours',
    announce: false,
    restrict: false,
    subjectOwner: lidOf(ben),
  });
  expect([metadata.desc, metadata.ephemeralDuration]).toEqual([undefined, undefined]);
  await expect(anna.live.groupUpdateSubject(id, 'x'.repeat(101))).rejects.toMatchObject({ data: 406 });
});

test('an invite link lets people in until it is revoked', async () => {
  const id = await groupOf('Open house', [BEN], [ben]);
  const code = (await anna.live.groupInviteCode(id)) ?? '';
  await expect(ben.live.groupInviteCode(id)).rejects.toMatchObject({ data: 401 });
  expect(await carl.live.groupGetInviteInfo(code)).toMatchObject({
    id,
    subject: 'Open house',
    participants: [],
    size: 2,
  });
  expect(await carl.live.groupAcceptInvite(code)).toBe(id);
  await hearsOf(carl, id);
  await until('Ben hears of Carl', () => changes(ben, id, 'add').flat().includes(pn(CARL)));
  await expect(carl.live.groupAcceptInvite(code)).rejects.toMatchObject({ data: 409 });
  const renewed = await anna.live.groupRevokeInvite(id);
  expect(renewed).not.toBe(code);
  await until('Ben hears of the new link', () =>
    groupEvents(ben, 'groups.update').some((each) => each.id === id && each.inviteCode === renewed),
  );
  await expect(carl.live.groupGetInviteInfo(code)).rejects.toMatchObject({ data: 410 });
  const joined = await kit.post('/api/groups/join', {
    number: EMIL,
    code: `https://chat.whatsapp.com/${renewed}`,
  });
  expect(joined.body).toEqual({ jid: id, joined: true });
});

test('where admins approve, who comes by link waits, and is let in or turned away', async () => {
  const id = await groupOf('Club', [BEN], [ben]);
  await anna.live.groupJoinApprovalMode(id, 'on');
  const code = (await anna.live.groupInviteCode(id)) ?? '';
  expect(await carl.live.groupAcceptInvite(code)).toBeUndefined();
  for (const number of [DORA, EMIL]) {
    expect((await kit.post('/api/groups/join', { number, code })).body).toEqual({ jid: id, joined: false });
  }
  const annaHears = (request: object) => hearsOfRequest(anna, { id, ...request });
  await annaHears({ action: 'created', participantPn: pn(CARL), method: 'invite_link' });
  expect((await anna.live.groupRequestParticipantsList(id)).map((each) => each.phone_number)).toEqual(
    [CARL, DORA, EMIL].map(pn),
  );
  await expect(ben.live.groupRequestParticipantsList(id)).rejects.toMatchObject({ data: 403 });
  expect(await anna.live.groupRequestParticipantsUpdate(id, [pn(CARL), pn(BEN)], 'approve')).toMatchObject([
    { status: '200' },
    { status: '404' },
  ]);
  await hearsOf(carl, id);
  expect(await anna.live.groupRequestParticipantsUpdate(id, [pn(DORA)], 'reject')).toMatchObject([
    { status: '200' },
  ]);
  await annaHears({ action: 'rejected', participantPn: pn(DORA) });
  const decided = await kit.post(`/api/groups/${id}/requests`, {
    by: ANNA,
    action: 'approve',
    numbers: [EMIL],
  });
  expect(decided.body).toEqual([{ number: EMIL, status: 200 }]);
  const { members, requests } = (await kit.get<any>(`/api/groups/${id}`)).body;
  expect(members.map((each: any) => each.number)).toEqual([ANNA, BEN, CARL, EMIL]);
  expect(requests).toEqual([]);
});

test('where everybody adds people, a member does, and only proposes them where admins approve', async () => {
  const id = await groupOf('Choir', [BEN], [ben]);
  const add = (number: string) => ben.live.groupParticipantsUpdate(id, [pn(number)], 'add');
  await anna.live.groupMemberAddMode(id, 'all_member_add');
  expect(await add(DORA)).toMatchObject([{ status: '200' }]);
  await anna.live.groupJoinApprovalMode(id, 'on');
  expect(await add(EMIL)).toMatchObject([{ status: '200' }]);
  await hearsOfRequest(anna, { id, action: 'created', participantPn: pn(EMIL), method: 'non_admin_add' });
  const { members, requests } = (await kit.get<any>(`/api/groups/${id}`)).body;
  expect(members.map((each: any) => each.number)).toEqual([ANNA, BEN, DORA]);
  expect(requests).toMatchObject([{ number: EMIL, by: BEN }]);
});

test('when the last admin leaves, who is longest in the group becomes one, and everybody hears of it', async () => {
  const id = await groupOf('Heirs', [CARL, BEN], [ben, carl]);
  await anna.live.groupLeave(id);
  await until('Ben hears of Carl', () => changes(ben, id, 'promote').flat().includes(pn(CARL)));
  const { members } = (await kit.get<any>(`/api/groups/${id}`)).body;
  expect(members).toMatchObject([
    { number: CARL, role: 'admin' },
    { number: BEN, role: 'member' },
  ]);
});

test('a group that names people by phone number works alike', async () => {
  const made = await kit.post<any>('/api/groups', {
    by: DORA,
    subject: 'Old style',
    members: [ANNA, BEN, EMIL],
    addressingMode: 'pn',
  });
  const id = made.body.jid;
  await Promise.all([hearsOf(anna, id), hearsOf(ben, id)]);
  expect(await anna.live.groupMetadata(id)).toMatchObject({
    addressingMode: 'pn',
    owner: pn(DORA),
    participants: expect.arrayContaining([expect.objectContaining({ id: pn(ANNA), lid: lidOf(anna) })]),
  });
  const sent = await anna.say(id, 'by number');
  expect((await ben.heard('by number')).key).toMatchObject({
    participant: pn(ANNA),
    participantAlt: lidOf(anna),
  });
  const actors: Record<string, string>[] = [];
  ben.live.ws.on('CB:notification,type:w:gp2', ({ attrs }: BinaryNode) => actors.push(attrs));
  await anna.live.groupUpdateSubject(id, 'Older style');
  await until('Ben hears of it', () => actors.length > 0);
  expect(actors).toMatchObject([{ from: id, participant: pn(ANNA), participant_lid: lidOf(anna) }]);
  await until('receipts by number', () => receiptsOf(anna, sent).some((each) => each.userJid === pn(BEN)));
  await kit.post(`/api/phones/${EMIL}/messages`, { to: id, type: 'text', text: 'old phone' });
  await Promise.all([anna.heard('old phone'), ben.heard('old phone')]);
});

test('whoever lost the keys of a group asks again and reads everything', async () => {
  const id = await groupOf('Healing', [BEN, CARL, DORA], [ben, carl]);
  await anna.say(id, 'one');
  await kit.post(`/api/phones/${DORA}/messages`, { to: id, type: 'text', text: 'two' });
  await Promise.all(['one', 'two'].map((text) => ben.heard(text)));
  ben.keys.forget('sender-key');
  await ben.end();
  await ben.login();
  await anna.say(id, 'three');
  await kit.post(`/api/phones/${DORA}/messages`, { to: id, type: 'text', text: 'four' });
  await Promise.all(['three', 'four'].map((text) => ben.heard(text)));
  const texts = ben.texts().filter((text) => ['one', 'two', 'three', 'four'].includes(text));
  expect(texts.sort()).toEqual(['four', 'one', 'three', 'two']);
  expect((await kit.ledger(`number=${BEN}&kind=retry`)).length).toBeGreaterThanOrEqual(2);
  await carl.heard('four');
  expect(carl.texts().filter((text) => text === 'three')).toHaveLength(1);
});

test('a new companion and a new member read what is written after they came', async () => {
  const id = await groupOf('Newcomers', [BEN], [ben]);
  await anna.say(id, 'early');
  const laptop = await kit.linked(BEN);
  await anna.live.groupParticipantsUpdate(id, [pn(CARL)], 'add');
  await hearsOf(carl, id);
  await anna.say(id, 'late');
  await Promise.all([laptop.heard('late'), carl.heard('late')]);
  expect(carl.texts()).not.toContain('early');
  await laptop.end();
});

test('a group has a picture, and who types in it is seen by the others', async () => {
  const id = await groupOf('Faces', [BEN, DORA], [ben]);
  await expect(ben.live.profilePictureUrl(id, 'image')).rejects.toMatchObject({ data: 404 });
  const set = await kit.ask('PUT', `/api/groups/${id}/picture`, { by: DORA });
  expect(set.status).toBe(200);
  await until('Ben hears of it', () =>
    groupEvents(ben, 'contacts.update').some((each) => each.id === id && each.imgUrl === 'changed'),
  );
  const url = (await ben.live.profilePictureUrl(id, 'image')) ?? '';
  expect((await fetch(url)).headers.get('content-type')).toBe('image/jpeg');
  await anna.live.groupSettingUpdate(id, 'locked');
  expect((await kit.ask('DELETE', `/api/groups/${id}/picture`, { by: DORA })).status).toBe(403);
  await anna.live.removeProfilePicture(id);
  await expect(ben.live.profilePictureUrl(id, 'image')).rejects.toMatchObject({ data: 404 });
  await kit.post(`/api/phones/${DORA}/presence`, { state: 'composing', to: id });
  const typing = await until('Ben sees Dora typing', () =>
    groupEvents(ben, 'presence.update').find((each) => each.id === id),
  );
  expect(Object.values(typing.presences)).toMatchObject([{ lastKnownPresence: 'composing' }]);
});

test('who lets nobody add it to groups is invited by a message instead, and may accept once', async () => {
  await carl.live.updateGroupsAddPrivacy('none' as never);
  const id = await groupOf('By invitation', [BEN], [ben]);
  const [result] = await anna.live.groupParticipantsUpdate(id, [pn(CARL)], 'add');
  expect(result).toMatchObject({ status: '403', jid: lidOf(carl) });
  const invite = (result!.content as any).content[0].attrs;
  const inviteMessage = {
    groupJid: id,
    inviteCode: invite.code,
    inviteExpiration: Number(invite.expiration),
  };
  await expect(ben.live.groupAcceptInviteV4(pn(ANNA), inviteMessage as never)).rejects.toMatchObject({
    data: 409,
  });
  expect(await carl.live.groupAcceptInviteV4(pn(ANNA), inviteMessage as never)).toBe(id);
  await hearsOf(carl, id);
  await anna.live.groupParticipantsUpdate(id, [pn(CARL)], 'remove');
  await expect(carl.live.groupAcceptInviteV4(pn(ANNA), inviteMessage as never)).rejects.toMatchObject({
    data: 410,
  });
  const [again] = await anna.live.groupParticipantsUpdate(id, [pn(CARL)], 'add');
  const second = (again!.content as any).content[0].attrs;
  await anna.live.groupRevokeInviteV4(id, pn(CARL));
  const revoked = { groupJid: id, inviteCode: second.code, inviteExpiration: Number(second.expiration) };
  await expect(carl.live.groupAcceptInviteV4(pn(ANNA), revoked as never)).rejects.toMatchObject({
    data: 410,
  });
  await carl.live.updateGroupsAddPrivacy('all');
});

test('a new companion is told the groups of the past by name, with who wrote', async () => {
  const id = await groupOf('Remembered', [BEN, DORA], [ben]);
  await anna.say(id, 'long before');
  await kit.seen(BEN, id);
  const tablet = await kit.linked(BEN);
  const told = await until(
    'the past',
    () =>
      groupEvents(tablet, 'messaging-history.set').find((set) =>
        set.chats?.some((chat: any) => chat.id === id),
      ) ||
      tablet.events
        .map((event) => event.data as any)
        .find((data) => data?.chats?.some?.((chat: any) => chat.id === id)),
  );
  expect(told.chats.find((chat: any) => chat.id === id).name).toBe('Remembered');
  await kit.ask('DELETE', `/api/phones/${BEN}/devices/${tablet.id.split(':')[1]?.split('@')[0]}`);
});

test('a status reaches those it is for, from clients and from phones', async () => {
  const jid = 'status@broadcast';
  const sent = await anna.live.sendMessage(
    jid,
    { text: 'fresh bread' },
    { statusJidList: [pn(BEN), pn(DORA), pn(ANNA)] },
  );
  const heard = await ben.heard('fresh bread');
  expect(heard.key).toMatchObject({ remoteJid: jid, fromMe: false });
  expect(await until('on the phone', async () => (await kit.seen(DORA, jid))[0])).toMatchObject({
    from: ANNA,
    text: 'fresh bread',
  });
  expect(await kit.seen(EMIL, jid)).toEqual([]);
  await until('Anna hears of it', () => receiptsOf(anna, sent?.key.id ?? '').length > 0);
  await kit.post(`/api/phones/${EMIL}/messages`, {
    to: jid,
    audience: [ANNA, CARL],
    type: 'text',
    text: 'on the road',
  });
  await Promise.all([anna.heard('on the road'), carl.heard('on the road')]);
  expect(ben.texts()).not.toContain('on the road');
  await kit.post(`/api/phones/${EMIL}/messages`, { to: BEN, type: 'text', text: 'we know each other' });
  await kit.post(`/api/phones/${EMIL}/messages`, { to: jid, type: 'text', text: 'for all I know' });
  await ben.heard('for all I know');
  expect(carl.texts()).not.toContain('for all I know');
});

test('a member takes a group that is full as it is: nobody comes in by link, invitation or an admin', async () => {
  const strangers = Array.from({ length: 1021 }, (_, index) => String(628_512_000_000 + index));
  const made = await kit.post<{ jid: string; invite: string }>('/api/groups', {
    ...{ by: DORA, subject: 'Nearly full', members: strangers },
  });
  const { jid, invite } = made.body;
  const invitation = async (to: string): Promise<string> => {
    const sent = { to, type: 'groupInvite', group: jid };
    const { id } = (await kit.post<{ id: string }>(`/api/phones/${DORA}/messages`, sent)).body;
    const seen: any = (await kit.seen(to)).find((message) => message.id === id);
    return seen.content.invite.code;
  };
  const [first, last] = ['628513000001', '628513000002'];
  const codes = [await invitation(first), await invitation(last)];
  await kit.ask('PUT', `/api/groups/${jid}`, { by: DORA, approval: true });
  await kit.post('/api/groups/join', { number: '628513000003', code: invite });
  await kit.post('/api/groups/join', { number: '628513000004', code: invite });
  const join = (number: string, code: string | undefined) =>
    kit.post<any>('/api/groups/join', { number, code, group: jid });
  expect(await join(last, codes[0])).toMatchObject({ status: 404, body: { error: { code: 'GROUP_GONE' } } });
  expect(await join(first, codes[0])).toMatchObject({ status: 200, body: { jid, joined: true } });
  const decide = { by: DORA, action: 'approve', numbers: ['628513000003', '628513000004'] };
  expect((await kit.post(`/api/groups/${jid}/requests`, decide)).body).toMatchObject([
    ...[{ status: 200 }, { status: 419 }],
  ]);
  const refused = { status: 409, body: { error: { code: 'GROUP_RESOURCE_LIMIT' } } };
  expect(await join(last, codes[1])).toMatchObject(refused);
  await kit.ask('PUT', `/api/groups/${jid}`, { by: DORA, approval: false });
  expect(await kit.post('/api/groups/join', { number: EMIL, code: invite })).toMatchObject(refused);
  const { members, requests } = (await kit.get<any>(`/api/groups/${jid}`)).body;
  expect([members.length, requests.length]).toEqual([1024, 1]);
});

test('several settings are changed together, or none of them', async () => {
  const made = await kit.post<any>('/api/groups', { by: DORA, subject: ' Rules ', members: [EMIL] });
  const { jid } = made.body;
  const put = (by: string, change: object) => kit.ask('PUT', `/api/groups/${jid}`, { by, ...change });
  expect((await put(EMIL, { subject: 'Mine', announcement: true })).status).toBe(403);
  expect((await put(EMIL, { subject: 'Mine', ephemeral: 10 ** 9 })).status).toBe(400);
  expect((await put(EMIL, { description: 'Mine', subject: '   ' })).status).toBe(400);
  expect((await put(DORA, {})).status).toBe(400);
  const untouched = { subject: 'Rules', description: null, announcement: false, ephemeral: 0 };
  expect((await kit.get(`/api/groups/${jid}`)).body).toMatchObject(untouched);
  expect((await put(EMIL, { subject: 'Ours', description: 'Be kind' })).body).toMatchObject({
    ...{ subject: 'Ours', description: 'Be kind' },
  });
  const blank = { by: DORA, subject: '  ', members: [] };
  expect((await kit.post('/api/groups', blank)).status).toBe(400);
});

test('who makes a group on the phone learns who could not be added', async () => {
  await kit.ask('PUT', `/api/phones/${EMIL}/privacy`, { groupadd: 'none' });
  const made = await kit.post<any>('/api/groups', { by: DORA, subject: 'Surprise', members: [BEN, EMIL] });
  expect(made.body.results).toEqual([
    { number: BEN, status: 200 },
    { number: EMIL, status: 403 },
  ]);
  await kit.ask('PUT', `/api/phones/${EMIL}/privacy`, { groupadd: 'all' });
});

test('who leaves several groups leaves all of them, or hears of the one that is not there and none', async () => {
  const [one, two] = [await groupOf('One', [BEN], [ben]), await groupOf('Two', [BEN], [ben])];
  const leave = (...ids: string[]) => {
    const content = [
      { tag: 'leave', attrs: {}, content: ids.map((id) => ({ tag: 'group', attrs: { id } })) },
    ];
    return ben.live.query({ tag: 'iq', attrs: { type: 'set', xmlns: 'w:g2', to: '@g.us' }, content });
  };
  await expect(leave(one, '120363999999999999@g.us')).rejects.toMatchObject({ data: 404 });
  expect(await ben.live.groupMetadata(one)).toMatchObject({ size: 2 });
  await leave(one, two, one);
  for (const id of [one, two])
    await until('Anna hears of it', () => changes(anna, id, 'remove').flat().includes(pn(BEN)));
});

test('groups, members and keys survive a restart of the network', async () => {
  const id = await groupOf('Lasting', [BEN, DORA], [ben]);
  await kit.post(`/api/phones/${DORA}/messages`, { to: id, type: 'text', text: 'before the restart' });
  await ben.heard('before the restart');
  await kit.restart();
  await Promise.all([anna.login(), ben.login()]);
  expect(await ben.live.groupMetadata(id)).toMatchObject({ subject: 'Lasting', size: 3 });
  await kit.post(`/api/phones/${DORA}/messages`, { to: id, type: 'text', text: 'after the restart' });
  await Promise.all([anna.heard('after the restart'), ben.heard('after the restart')]);
  expect(kit.problems).toEqual([]);
});
