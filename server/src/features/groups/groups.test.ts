import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { newNumber, newTenant } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { eventsOf, groupAtNetwork, jid, network } from './testing.ts';
import { of, setGroups } from './testing-groups.ts';

const { house, tenant, profile, own, customers, list, ask, agrees, withProfile, ours, theirs } = setGroups();

test('a group that was made is known with its people at once, as the network has it', async () => {
  const { id, people, made } = await ours();
  expect(made).toMatchObject({ name: 'Bakers', owner: jid(own()), participantsCount: 3, role: 'superadmin' });
  expect(made.results).toMatchObject(people.map(({ number }) => ({ participant: number, status: 200 })));
  expect(await list()).toContainEqual(expect.objectContaining({ id, name: 'Bakers', owner: jid(own()) }));
  const group = await agrees(id);
  expect(group.participants[0]).toMatchObject({ phone: own(), isAdmin: true, isSuperAdmin: true });
  const [joined] = await eventsOf(tenant().key, id, 'group.joined');
  expect(joined?.data).toMatchObject({
    how: 'created',
    name: 'Bakers',
    participantsCount: 3,
    by: jid(own()),
  });
});

test('each participant has a result: added, private, not on WhatsApp, in it already', async () => {
  const { id, people } = await ours(1);
  const [open, closed] = await customers(2);
  await network(house().sandbox, 'PUT', `/phones/${closed?.number}/privacy`, { groupadd: 'none' });
  const participants = [open, closed, people[0]].map((one) => one?.number ?? '');
  const nobody = newNumber();
  const { status, data } = await ask('POST', of(id, '/participants/add'), {
    participants: [...participants, nobody],
  });
  expect(status).toBe(201);
  expect(data.added).toEqual([open?.number]);
  const link = (await ask('GET', withProfile(of(id, '/invite-link')))).data.link;
  expect(data.results).toMatchObject([
    { participant: open?.number, status: 200, outcome: 'done' },
    { participant: closed?.number, status: 403, outcome: 'private', invitation: { link } },
    { participant: people[0]?.number, status: 409, outcome: 'already' },
    { participant: nobody, status: 404, outcome: 'not-on-network' },
  ]);
  await agrees(id);
});

test('people are added by any form of address, also where numbers have a digit less', async () => {
  const { id } = await ours(1);
  const local = String(Date.now()).slice(-8);
  const maria = house().sandbox.phone(`5511${local}`);
  await maria.named('Maria');
  const [bob] = await customers(1);
  const written = [`+55 11 9${local.slice(0, 4)}-${local.slice(4)}`, `${bob?.number}@s.whatsapp.net`];
  const { data } = await ask('POST', of(id, '/participants/add'), { participants: written });
  expect(data.results).toMatchObject(written.map((participant) => ({ participant, status: 200 })));
  const members = (await groupAtNetwork(house().sandbox, id)).members.map(({ number }) => number);
  expect(members).toEqual(expect.arrayContaining([maria.number, bob?.number]));
  const wrong = await ask('POST', of(id, '/participants/add'), { participants: ['Ana', '628', id] });
  expect(wrong.status).toBe(400);
  expect(wrong.body.error.details.map(({ path }: any) => path)).toEqual(
    [0, 1, 2].map((index) => `/participants/${index}`),
  );
});

test('removing, promoting and demoting are done at the network, and are told', async () => {
  const { id, people } = await ours(3);
  const [a, b, c] = people.map(({ number }) => number);
  const act = (action: string, ...participants: (string | undefined)[]) =>
    ask('POST', of(id, `/participants/${action}`), { participants });
  expect((await act('promote', a, b)).data.success).toBe(true);
  expect((await act('promote', a)).data.results).toMatchObject([{ status: 409, outcome: 'already' }]);
  expect((await act('demote', b)).status).toBe(201);
  expect((await act('remove', c)).data.removed).toEqual([c]);
  expect((await act('remove', c)).data.results).toMatchObject([{ status: 404, outcome: 'absent' }]);
  await agrees(id);
  const told = await until('all is told', async () => {
    const events = await eventsOf(tenant().key, id, 'group.members.changed');
    return events.length >= 3 && events;
  });
  expect(told.map(({ data }) => [data.action, data.participants.toSorted(), data.participantsCount])).toEqual(
    [
      ['promoted', [jid(a ?? ''), jid(b ?? '')].toSorted(), 4],
      ['demoted', [jid(b ?? '')], 4],
      ['removed', [jid(c ?? '')], 3],
    ],
  );
});

test('name, description and settings are changed at the network; an empty name changes nothing', async () => {
  const { id } = await ours();
  expect((await ask('PATCH', of(id), { name: ' Early bakers ', description: 'From 5 on' })).status).toBe(200);
  expect((await ask('PATCH', of(id), { name: '' })).status).toBe(200);
  const settings = {
    ...{ announcement: true, locked: true, memberAddMode: 'all', joinApproval: true },
    expirationSeconds: 86_400,
  };
  expect((await ask('PUT', of(id, '/settings'), settings)).status).toBe(200);
  const group = await agrees(id);
  expect(group).toMatchObject({ name: 'Early bakers', description: 'From 5 on', ...settings });
  expect((await ask('PATCH', of(id), { description: '' })).status).toBe(200);
  expect((await agrees(id)).description).toBeNull();
  const tooLong = await ask('PATCH', of(id), { name: 'x'.repeat(101) });
  expect([tooLong.status, tooLong.body.error.details[0].path]).toEqual([400, '/name']);
  const changes = (await eventsOf(tenant().key, id, 'group.updated')).map(({ data }) => data.changes);
  expect(Object.assign({}, ...changes)).toEqual({ name: 'Early bakers', description: null, ...settings });
});

test('who has left is in the list no longer, and can do nothing there', async () => {
  const { id } = await ours();
  expect((await ask('POST', withProfile(of(id, '/leave')))).data).toEqual({ success: true });
  expect((await groupAtNetwork(house().sandbox, id)).members.map(({ number }) => number)).not.toContain(
    own(),
  );
  expect((await list()).map((group: any) => group.id)).not.toContain(id);
  expect(await list('?left=true')).toContainEqual(
    expect.objectContaining({ id, role: null, leftAt: expect.any(String) }),
  );
  const refused = await ask('PATCH', of(id), { name: 'Mine' });
  expect([refused.status, refused.body.error.code]).toEqual([403, 'NOT_GROUP_MEMBER']);
  await until('it is told', async () => (await eventsOf(tenant().key, id, 'group.left')).length === 1);
});

test('who is no admin is refused 403, an unknown group and a foreign profile 404', async () => {
  const { id } = await theirs();
  await house().sandbox.changeGroup(id, {
    by: (await groupAtNetwork(house().sandbox, id)).creator,
    locked: true,
  });
  await agrees(id);
  for (const [method, path, body] of [
    ['PATCH', of(id), { name: 'Mine' }],
    ['PUT', of(id, '/settings'), { announcement: true }],
    ['POST', of(id, '/participants/remove'), { participants: [own()] }],
    ['GET', withProfile(of(id, '/invite-link')), undefined],
    ['GET', withProfile(of(id, '/requests')), undefined],
  ] as const) {
    const answer = await ask(method, path, body);
    expect([path, answer.status, answer.body.error?.code]).toEqual([path, 403, 'NOT_GROUP_ADMIN']);
  }
  const unknown = '120363999999999999@g.us';
  const stranger = await newTenant(house().api);
  for (const [group, profileId, code] of [
    [unknown, profile().id, 'GROUP_NOT_FOUND'],
    ['no-group', profile().id, 'GROUP_NOT_FOUND'],
    [id, crypto.randomUUID(), 'PROFILE_NOT_FOUND'],
    [id, 'nonsense', 'PROFILE_NOT_FOUND'],
  ] as const) {
    const answer = await tenant().key.call('GET', `${of(group)}?profileId=${profileId}`);
    expect([answer.status, answer.body.error.code]).toEqual([404, code]);
  }
  const foreign = await stranger.key.call('GET', withProfile(of(id)));
  expect([foreign.status, foreign.body.error.code]).toEqual([404, 'PROFILE_NOT_FOUND']);
  const channel = await tenant().key.call('GET', withProfile(of('120363000000000009@newsletter')));
  expect(channel.status).toBe(404);
});

test('the same key makes one group', async () => {
  const [bob] = await customers(1);
  const make = () =>
    ask('POST', '/groups', { name: 'Once', participants: [bob?.number] }, { 'idempotency-key': 'once' });
  const [first, second] = [await make(), await make()];
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  expect(second.data.id).toBe(first.data.id);
  expect((await list('?search=once')).map(({ id }: any) => id)).toEqual([first.data.id]);
});

test('what is done to groups stands in the audit log, without names', async () => {
  const { id, people } = await ours();
  await ask('POST', of(id, '/participants/promote'), { participants: [people[0]?.number] });
  const page = await tenant().owner.get(`/audit/logs?resourceId=${encodeURIComponent(id)}`);
  const rows = page.logs as any[];
  expect(rows.map(({ action }) => action).toSorted()).toEqual(['group.create', 'group.promote_participant']);
  expect(JSON.stringify(rows)).not.toContain(people[0]?.number);
});

test('a picture is set, shown from here, changed by others and taken away', async () => {
  const { id } = await ours();
  const red = await sharp({ create: { width: 900, height: 300, channels: 3, background: '#f00' } })
    .png()
    .toBuffer();
  const set = await ask('PUT', of(id, '/picture'), { base64: red.toString('base64') });
  expect([set.status, set.data]).toMatchObject([200, { groupId: id, version: expect.any(String) }]);
  const at = (path: string) => fetch(`${house().sandbox.url}/api/groups/${id}/picture${path}`);
  const pictureOf = async () => Buffer.from(await (await at('')).arrayBuffer());
  const shown = async () => (await ask('GET', withProfile(of(id, '/picture')))).data;
  expect(await sharp(await pictureOf()).metadata()).toMatchObject({
    format: 'jpeg',
    width: 640,
    height: 640,
  });
  expect(await shown()).toEqual(set.data);
  const link = await fetch(set.data.url);
  expect(Buffer.from(await link.arrayBuffer())).toEqual(await pictureOf());
  const headers = { 'content-type': 'application/json' };
  const by = JSON.stringify({ by: own() });
  await fetch(`${house().sandbox.url}/api/groups/${id}/picture`, { method: 'PUT', headers, body: by });
  const other = await until('it is another one', async () => {
    const now = await shown();
    return now.version !== set.data.version && now;
  });
  expect(Buffer.from(await (await fetch(other.url)).arrayBuffer())).toEqual(await pictureOf());
  expect((await tenant().key.call('DELETE', withProfile(of(id, '/picture')))).status).toBe(200);
  expect(await shown()).toMatchObject({ url: null, version: null });
  expect((await at('')).status).toBe(404);
  const text = await ask('PUT', of(id, '/picture'), { base64: 'aGVsbG8=' });
  expect([text.status, text.body.error.code]).toEqual([415, 'MEDIA_TYPE_MISMATCH']);
});

test('everybody in a group is mentioned on request, and nobody where there is no group', async () => {
  const { id, people } = await ours(3);
  const body = { text: 'Bread is ready', mentionAll: true };
  const sent = await ask('POST', '/messages/text', { to: id, ...body }, { prefer: 'wait=10' });
  expect(sent.status).toBe(201);
  const shown = await until('it came', async () =>
    (await people[0]?.messages(id))?.find((one) => one.id === sent.data.waMessageId),
  );
  expect((shown.content.mentions as string[]).toSorted()).toEqual(
    people.map(({ number }) => number).toSorted(),
  );
  expect(shown.content.mentionsAll).toBe(true);
  for (const to of [people[0]?.number, '120363999999999999@g.us']) {
    const refused = await ask('POST', '/messages/text', { to, ...body });
    expect([refused.status, refused.body.error.details]).toEqual([
      400,
      [{ path: '/mentionAll', problem: 'is for groups that the profile is in' }],
    ]);
  }
});

describe.each(['lid', 'pn'])('in a group (%s) that others change', (mode) => {
  test('what they change is our state and is told, with whoever did it', async () => {
    const { id, admin, member } = await theirs(mode);
    const [late] = await customers(1);
    await agrees(id);
    const people = (action: string, ...numbers: string[]) =>
      house().sandbox.changeMembers(id, { by: admin, action, numbers });
    await people('add', late?.number ?? '');
    await agrees(id);
    await people('promote', member, own());
    expect((await agrees(id)).role).toBe('admin');
    await people('demote', own());
    expect((await agrees(id)).role).toBe('member');
    await people('remove', member);
    await agrees(id);
    await house().sandbox.changeGroup(id, {
      by: admin,
      subject: 'Renamed',
      description: 'New',
      ephemeral: 86_400,
    });
    for (const setting of ['announcement', 'locked', 'everybodyAdds', 'approval']) {
      await house().sandbox.changeGroup(id, { by: admin, [setting]: true });
    }
    await agrees(id);
    await network(house().sandbox, 'POST', `/groups/${id}/leave`, { by: late?.number });
    await agrees(id);
    await people('remove', own());
    await until('we are out', async () => !(await list()).some((group: any) => group.id === id));
    const told = await until('all is told', async () => {
      const events = await eventsOf(tenant().key, id);
      return events.some(({ event }) => event === 'group.left') && events;
    });
    const shown = told
      .filter(({ event }) => event !== 'group.updated' && event !== 'group.changed')
      .map(({ event, data }) => [event, data.action ?? data.how, data.participants?.length, data.by]);
    expect(shown).toEqual([
      ['group.joined', expect.any(String), undefined, jid(admin)],
      ['group.members.changed', 'added', 1, jid(admin)],
      ['group.members.changed', 'promoted', 2, jid(admin)],
      ['group.members.changed', 'demoted', 1, jid(admin)],
      ['group.members.changed', 'removed', 1, jid(admin)],
      ['group.members.changed', 'removed', 1, jid(late?.number ?? '')],
      ['group.left', 'removed', undefined, jid(admin)],
    ]);
    const changes = told.filter(({ event }) => event === 'group.updated').map(({ data }) => data.changes);
    expect(Object.assign({}, ...changes)).toEqual({
      ...{ name: 'Renamed', description: 'New', expirationSeconds: 86_400 },
      ...{ announcement: true, locked: true, memberAddMode: 'all', joinApproval: true },
    });
  });
});
