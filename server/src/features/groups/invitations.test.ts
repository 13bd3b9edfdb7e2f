import { expect, test } from 'vitest';
import { newNumber } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { eventsOf, groupAtNetwork, network } from './testing.ts';
import { of, setGroups } from './testing-groups.ts';

const { house, tenant, profile, own, customers, ask, agrees, withProfile, ours } = setGroups();

test('the invite link is a full one, and after it is revoked only the new one leads in', async () => {
  const { id } = await ours();
  const first = (await ask('GET', withProfile(of(id, '/invite-link')))).data;
  expect(first.link).toBe(`https://chat.whatsapp.com/${first.code}`);
  const answer = await ask('POST', withProfile(of(id, '/invite-link/revoke')));
  expect(answer.status).toBe(201);
  expect((await groupAtNetwork(house().sandbox, id)).invite).toBe(answer.data.code);
  const gone = await tenant().key.call('GET', `/groups/invite/${first.code}?profileId=${profile().id}`);
  expect([gone.status, gone.body.error.code]).toEqual([410, 'INVITE_NOT_VALID']);
  const seen = await tenant().key.call('GET', `/groups/invite/${answer.data.code}?profileId=${profile().id}`);
  expect(seen.data).toMatchObject({ id, name: 'Bakers', participantsCount: 3 });
});

test('a link is followed at once, or waits for an admin; requests are listed and decided', async () => {
  const [admin] = await customers(1);
  const by = admin?.number ?? '';
  const group = await house().sandbox.group(by, 'Open', [newNumber()]);
  const { invite } = await groupAtNetwork(house().sandbox, group);
  const joined = await ask('POST', '/groups/join', { invite: `https://chat.whatsapp.com/${invite}` });
  expect([joined.status, joined.data]).toEqual([201, { success: true, groupId: group, joined: true }]);
  await agrees(group);
  const again = await ask('POST', '/groups/join', { invite });
  expect([again.status, again.body.error.code]).toEqual([409, 'ALREADY_GROUP_MEMBER']);
  const { id } = await ours();
  await ask('PUT', of(id, '/settings'), { joinApproval: true });
  const [one, other] = await customers(2);
  const code = (await groupAtNetwork(house().sandbox, id)).invite;
  for (const phone of [one, other]) {
    await network(house().sandbox, 'POST', '/groups/join', { number: phone?.number, code });
  }
  const { data: waiting } = await ask('GET', withProfile(of(id, '/requests')));
  expect(waiting).toMatchObject([one, other].map((who) => ({ phone: who?.number, how: 'link' })));
  const decide = (action: string, who = one) =>
    ask('POST', of(id, `/requests/${action}`), { participants: [who?.number] });
  expect((await decide('approve')).data).toMatchObject({ success: true, results: [{ status: 200 }] });
  expect((await decide('reject', other)).data.success).toBe(true);
  expect((await decide('reject', other)).data.results).toMatchObject([{ outcome: 'absent' }]);
  const known = await agrees(id);
  expect(known.participants.map(({ phone }: any) => phone)).toContain(one?.number);
  // The network tells of them beside our requests.
  const asked = await until('all three are told', async () => {
    const told = await eventsOf(tenant().key, id, 'group.join_requests.changed');
    return told.length >= 3 && told;
  });
  expect(asked.map(({ data }) => data.open)).toEqual([true, true, false]);
});

test('whoever can not be added is sent an invitation, if that is wanted, and comes by it', async () => {
  const [closed] = await customers(1);
  await network(house().sandbox, 'PUT', `/phones/${closed?.number}/privacy`, { groupadd: 'none' });
  const { data: group } = await ask('POST', '/groups', {
    ...{ name: 'Invited', participants: [closed?.number], sendInvite: true },
  });
  expect(group.results).toMatchObject([
    { outcome: 'private', invitation: { messageId: expect.any(String), code: expect.any(String) } },
  ]);
  const message = await until('it came', async () =>
    (await closed?.messages(own()))?.find(({ type }) => type === 'groupInvite'),
  );
  const { invite } = message.content as { invite: { group: string; code: string } };
  expect(invite).toMatchObject({ group: group.id, name: 'Invited' });
  await network(house().sandbox, 'POST', '/groups/join', {
    ...{ number: closed?.number, code: invite.code, group: group.id },
  });
  const known = await agrees(group.id);
  expect(known.participants.map(({ phone }: any) => phone)).toContain(closed?.number);
});

test('an invitation that came as a message is accepted once', async () => {
  const [admin] = await customers(1);
  const group = await house().sandbox.group(admin?.number ?? '', 'Come in', [newNumber()]);
  const messageId = await admin?.writes(own(), { type: 'groupInvite', group });
  const accept = () => ask('POST', '/groups/accept', { messageId });
  await until(
    'it came',
    async () => (await tenant().key.call('GET', `/messages/${messageId}`)).status === 200,
  );
  expect((await accept()).data).toEqual({ success: true, groupId: group, joined: true });
  await agrees(group);
  const again = await accept();
  expect([again.status, again.body.error.code]).toEqual([409, 'ALREADY_GROUP_MEMBER']);
  const { messageId: text } = await profile().send(admin?.number ?? '', 'no invitation', { wait: 10 });
  const wrong = await ask('POST', '/groups/accept', { messageId: text });
  expect([wrong.status, wrong.body.error.code]).toEqual([410, 'INVITE_NOT_VALID']);
});
