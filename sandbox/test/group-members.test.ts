import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import {
  changes,
  fiveNumbers,
  gather,
  groupEvents,
  hearsOf,
  hearsOfRequest,
  lidOf,
  makeGroup,
  pn,
} from './group-kit.ts';
import type { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const numbers = fiveNumbers('62851500000');
const [ANNA, BEN, CARL, DORA, EMIL] = numbers;
let kit: TestSandbox;
let anna: Client;
let ben: Client;
let carl: Client;

beforeAll(async () => {
  ({ kit, anna, ben, carl } = await gather(numbers));
});
afterAll(() => kit.close());

/** A group of Anna's that the given clients know of. */
const groupOf = (subject: string, members: string[], clients: Client[]) =>
  makeGroup(anna, subject, members, clients);

test('adding, removing, promoting and demoting answer per person, and everybody hears of it', async () => {
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

test('when the last admin leaves, the longest member becomes one, and everybody hears of it', async () => {
  const id = await groupOf('Heirs', [CARL, BEN], [ben, carl]);
  await anna.live.groupLeave(id);
  await until('Ben hears of Carl', () => changes(ben, id, 'promote').flat().includes(pn(CARL)));
  const { members } = (await kit.get<any>(`/api/groups/${id}`)).body;
  expect(members).toMatchObject([
    { number: CARL, role: 'admin' },
    { number: BEN, role: 'member' },
  ]);
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

test('nobody comes into a full group: not by link, invitation or an admin', async () => {
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

test('who makes a group on the phone learns who could not be added', async () => {
  await kit.ask('PUT', `/api/phones/${EMIL}/privacy`, { groupadd: 'none' });
  const made = await kit.post<any>('/api/groups', { by: DORA, subject: 'Surprise', members: [BEN, EMIL] });
  expect(made.body.results).toEqual([
    { number: BEN, status: 200 },
    { number: EMIL, status: 403 },
  ]);
  await kit.ask('PUT', `/api/phones/${EMIL}/privacy`, { groupadd: 'all' });
});

test('leaving several groups leaves all of them, or names the one that is not there and none', async () => {
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
