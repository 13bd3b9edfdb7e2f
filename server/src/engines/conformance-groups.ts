import { expect } from 'vitest';
import { until } from '../../test/until.ts';
import { phoneChat, storedChat } from '../platform/chat-id.ts';
import type { Stage } from './conformance-stage.ts';
import { EngineRefusal, type GroupPower } from './port.ts';

/** What an engine promises that can change groups. */
export const groupDeeds: Record<string, (stage: Stage) => Promise<void>> = {
  async 'a group is made, described, joined and left, and each change answers what became of it'(stage) {
    const { profile, ownNumber } = await stage.pairedProfile();
    const groups = powerOf(profile.session.groups);
    const [ana, bob] = [await stage.person('Ana'), await stage.person('Bob')];
    const nobody = phoneChat('628999999999');
    const made = await groups.create('Bakers', [ana.chat, nobody]);
    const { chat } = made.group;
    expect(made.group).toMatchObject({ subject: 'Bakers', kind: 'group', memberCount: 2, description: null });
    expect(made.group.owner).toMatchObject({ phone: phoneChat(ownNumber) });
    expect(made.group.createdAt?.getTime()).toBeGreaterThan(Date.now() - 3_600_000);
    expect(made.results).toMatchObject([
      { asked: ana.chat, outcome: 'done' },
      { asked: nobody, outcome: 'not-on-network' },
    ]);
    await groups.set(chat, { description: 'From 5 on' });
    await groups.set(chat, { description: 'From 6 on', onlyAdminsEdit: true, expirationSeconds: 86_400 });
    const added = await groups.changeMembers(chat, 'add', [bob.chat, ana.chat]);
    expect(added.map(({ outcome }) => outcome)).toEqual(['done', 'already']);
    expect((await groups.changeMembers(chat, 'promote', [bob.chat]))[0]).toMatchObject({ outcome: 'done' });
    const look = await groups.look(chat);
    expect(look).toMatchObject({
      ...{
        description: 'From 6 on',
        onlyAdminsEdit: true,
        onlyAdminsWrite: false,
        expirationSeconds: 86_400,
      },
      ...{ memberCount: 3, parent: null },
    });
    const roles = new Map(look?.members?.map(({ phone, role }) => [phone, role]));
    expect(roles.get(bob.chat)).toBe('admin');
    expect(roles.get(phoneChat(ownNumber))).toBe('superadmin');
    const all = await groups.all();
    expect([all.count, [...all.read()].map(({ subject }) => subject)]).toEqual([1, ['Bakers']]);
    await groups.leave(chat);
    expect(await groups.look(chat)).toBeUndefined();
    expect((await groups.all()).count).toBe(0);
  },

  async 'a link leads in until another is made; a refusal has the network’s own number'(stage) {
    const { profile, ownNumber } = await stage.pairedProfile();
    const groups = powerOf(profile.session.groups);
    const { phone } = await stage.person();
    const ours = storedChat(await stage.network.group(ownNumber, 'Ours', [phone.number]));
    const first = await groups.inviteCode(ours);
    const second = await groups.renewInviteCode(ours);
    expect(second).not.toBe(first);
    expect(await groups.behind(second)).toMatchObject({ chat: ours, subject: 'Ours', memberCount: 2 });
    await expect(groups.behind(first)).rejects.toMatchObject({ code: 410 });
    await expect(groups.join(second)).rejects.toMatchObject({ code: 409 });
    const theirs = storedChat(await stage.network.group(phone.number, 'Theirs', [ownNumber]));
    await expect(groups.inviteCode(theirs)).rejects.toBeInstanceOf(EngineRefusal);
    await expect(groups.changeMembers(theirs, 'remove', [phoneChat(phone.number)])).rejects.toMatchObject({
      code: 403,
    });
  },

  async 'what others do in a group is told in order, with who did it and to whom'(stage) {
    const { profile, ownNumber } = await stage.pairedProfile();
    const [{ phone, chat: admin }, other] = [await stage.person('Ana'), await stage.person('Bob')];
    const group = await stage.network.group(phone.number, 'Bakers', [ownNumber]);
    const by = phone.number;
    const numbers = [other.phone.number];
    await stage.network.changeMembers(group, { by, action: 'add', numbers });
    await stage.network.changeMembers(group, { by, action: 'promote', numbers });
    await stage.network.changeGroup(group, { by, subject: 'Early bakers' });
    await stage.network.changeGroup(group, { by, description: 'From 5 on', announcement: true });
    await stage.network.changeMembers(group, { by, action: 'remove', numbers });
    const told = await until('all is told', () => profile.news.length === 7 && profile.news);
    expect(told.every((one) => one.chat === group && one.by?.phone === admin)).toBe(true);
    expect(told.map(({ change }) => change)).toMatchObject([
      { is: 'entered', how: 'created', group: { subject: 'Bakers', memberCount: 2 } },
      { is: 'joined', people: [{ phone: other.chat }] },
      { is: 'promoted', people: [{ phone: other.chat }] },
      { is: 'set', settings: { subject: 'Early bakers' } },
      { is: 'set', settings: { description: 'From 5 on' } },
      { is: 'set', settings: { onlyAdminsWrite: true } },
      { is: 'left', people: [{ phone: other.chat }] },
    ]);
  },

  async 'a message into a known group asks for nothing, and after a change reaches who came'(stage) {
    const { profile, ownNumber } = await stage.pairedProfile();
    const [ana, bob] = [await stage.person('Ana'), await stage.person('Bob')];
    const by = ana.phone.number;
    const group = await stage.network.group(by, 'Bakers', [ownNumber]);
    const chat = storedChat(group);
    await profile.send(chat, 'first');
    const fault = await stage.network.fault({ name: 'rate-limit', number: ownNumber, xmlns: 'w:g2' });
    await profile.send(chat, 'second');
    await fault.clear();
    await stage.network.changeMembers(group, { by, action: 'add', numbers: [bob.phone.number] });
    await until('it is told', () => profile.news.some(({ change }) => change.is === 'joined'));
    const id = await profile.send(chat, 'third');
    await until('it came', async () => (await bob.phone.messages(group)).length > 0);
    expect((await bob.phone.messages(group)).map(({ text }) => text)).toEqual(['third']);
    expect((await ana.phone.messages(group)).map(({ text }) => text)).toEqual(['first', 'second', 'third']);
    expect(await stage.network.ledger({ messageId: id, kind: 'retry' })).toEqual([]);
  },

  async 'a change is answered after what was told before it, however long that takes to store'(stage) {
    const { profile, ownNumber } = await stage.pairedProfile();
    const groups = powerOf(profile.session.groups);
    const [ana, bob] = [await stage.person('Ana'), await stage.person('Bob')];
    const group = await stage.network.group(ownNumber, 'Bakers', [ana.phone.number]);
    await until('it is told', () => profile.news.length === 1);
    const isMember = async () => {
      const answer = await fetch(`${stage.network.url}/api/groups/${group}`);
      const { members } = (await answer.json()) as { members: { number: string }[] };
      return members.some(({ number }) => number === bob.phone.number);
    };
    const removed = Promise.withResolvers<void>();
    profile.beforeNews = () => removed.promise;
    await stage.network.changeMembers(group, {
      ...{ by: ownNumber, action: 'add', numbers: [bob.phone.number] },
    });
    const answer = groups
      .changeMembers(storedChat(group), 'remove', [bob.chat])
      .then(() => [...profile.news]);
    await until('it is done at the network', async () => !(await isMember()));
    removed.resolve();
    expect((await answer).map(({ change }) => change.is)).toContain('joined');
  },
};

function powerOf(power: GroupPower | undefined): GroupPower {
  if (!power) throw new Error('The engine can do "groups", but its session leaves it out.');
  return power;
}
