import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { fiveNumbers, gather, groupEvents, lidOf, makeGroup, pn } from './group-kit.ts';
import type { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const numbers = fiveNumbers('62851600000');
const [ANNA, BEN, , DORA, EMIL] = numbers;
let kit: TestSandbox;
let anna: Client;
let ben: Client;

beforeAll(async () => {
  ({ kit, anna, ben } = await gather(numbers));
});
afterAll(() => kit.close());

/** A group of Anna's that the given clients know of. */
const groupOf = (subject: string, members: string[], clients: Client[]) =>
  makeGroup(anna, subject, members, clients);

test('subject, description and permissions are seen by all and kept from who may not change them', async () => {
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

test('where only admins write, every member reacts, votes and takes back what was their own', async () => {
  const id = await groupOf('Notices', [BEN, DORA], [ben]);
  const said = await ben.send(id, { text: 'too early' });
  const poll = { type: 'poll', question: 'When?', options: ['Now', 'Later'] };
  const asked = await kit.post<{ id: string }>(`/api/phones/${DORA}/messages`, { to: id, ...poll });
  const onPhone = (messageId: string, what: object) =>
    until(JSON.stringify(what), async () => {
      const all: any[] = await kit.seen(DORA, id);
      const here = all.find((each) => each.id === messageId);
      return Object.entries(what).every(([key, value]) => JSON.stringify(here?.[key])?.includes(value));
    });
  await onPhone(said.id ?? '', { text: 'too early' });
  await anna.live.groupSettingUpdate(id, 'announcement');
  const { key } = await until('the poll at Ben’s', () =>
    ben.received.find((message) => message.key.id === asked.body.id),
  );
  await ben.send(id, { react: { text: '👍', key } });
  await onPhone(asked.body.id, { content: '👍' });
  await ben.send(id, { delete: said });
  await onPhone(said.id ?? '', { type: 'revoked' });
  for (const body of [
    { type: 'vote', id: asked.body.id, options: ['Later'] },
    { type: 'reaction', id: asked.body.id, text: '🎉' },
    { type: 'revoke', id: asked.body.id },
  ]) {
    const sent = await kit.post<{ id: string }>(`/api/phones/${DORA}/messages`, { to: id, ...body });
    expect(sent.status, body.type).toBe(200);
    await until(`${body.type} at Anna's`, async () =>
      (await kit.ledger(`messageId=${sent.body.id}&kind=delivered`)).some(({ number }) => number === ANNA),
    );
  }
  const another = await ben.send(id, { poll: { name: 'Mine?', values: ['Yes', 'No'] } });
  await until('a refusal', () => ben.acks.some((ack) => ack.id === another.id && ack.error === '403'));
  expect(await kit.post(`/api/phones/${DORA}/messages`, { to: id, ...poll })).toMatchObject({ status: 403 });
});

test('clients set the timers of a group that the app offers, testers any number of seconds', async () => {
  const id = await groupOf('Short', [], []);
  await expect(anna.live.groupToggleEphemeral(id, 12_345)).rejects.toMatchObject({ data: 400 });
  const change = { by: ANNA, ephemeral: 12_345 };
  expect((await kit.ask('PUT', `/api/groups/${id}`, change)).body).toMatchObject({ ephemeral: 12_345 });
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

/** What the members of a group call themselves there. */
async function labels(id: string): Promise<string[]> {
  const { body } = await kit.get<{ members: { number: string; label?: string }[] }>(`/api/groups/${id}`);
  return body.members.flatMap(({ number, label }) => (label === undefined ? [] : [`${number} ${label}`]));
}

/** Ben takes a label, and his phone reads it. */
const benLabelled = async (id: string, label: string) => {
  await ben.live.updateMemberLabel(id, label);
  await until(label, async () => {
    await kit.seen(BEN);
    return (await labels(id)).includes(`${BEN} ${label}`);
  });
};

test('what a member calls itself in a group is shown with it, and goes when the member goes', async () => {
  const id = await groupOf('Labels', [BEN, DORA], [ben]);
  await benLabelled(id, 'Baker');
  await until('a client hears of it', () => groupEvents(anna, 'group.member-tag.update').length > 0);
  await benLabelled(id, 'Early shift');
  await kit.seen(DORA);
  await anna.live.groupParticipantsUpdate(id, [pn(BEN)], 'promote');
  expect(await labels(id)).toEqual([`${BEN} Early shift`]);
  await anna.live.groupParticipantsUpdate(id, [pn(BEN)], 'remove');
  await anna.live.groupParticipantsUpdate(id, [pn(BEN)], 'add');
  expect(await labels(id)).toEqual([]);
});

test('groups, members, their labels and keys survive a restart of the network', async () => {
  const id = await groupOf('Lasting', [BEN, DORA], [ben]);
  await kit.post(`/api/phones/${DORA}/messages`, { to: id, type: 'text', text: 'before the restart' });
  await ben.heard('before the restart');
  await benLabelled(id, 'Baker');
  await kit.restart();
  expect(await labels(id)).toEqual([`${BEN} Baker`]);
  await Promise.all([anna.login(), ben.login()]);
  expect(await ben.live.groupMetadata(id)).toMatchObject({ subject: 'Lasting', size: 3 });
  await kit.post(`/api/phones/${DORA}/messages`, { to: id, type: 'text', text: 'after the restart' });
  await Promise.all([anna.heard('after the restart'), ben.heard('after the restart')]);
  expect(kit.problems).toEqual([]);
});
