import type { BinaryNode } from 'baileys';
import { expect, test } from 'vitest';
import { type ChatId, phoneChat } from '../../../platform/chat-id.ts';
import { groupNews } from './news.ts';
import { resultsOf } from './people.ts';
import { readGroup } from './read-group.ts';

const now = new Date('2026-02-05T10:00:00Z');
const node = (
  tag: string,
  attrs: Record<string, string> = {},
  content?: BinaryNode['content'],
): BinaryNode => ({
  tag,
  attrs,
  ...(content !== undefined && { content }),
});
const member = (n: number, more: Record<string, string> = {}) =>
  node('participant', {
    jid: `${100_000_000_000 + n}@lid`,
    phone_number: `${628_111_000_000 + n}@s.whatsapp.net`,
    ...more,
  });
const told = (...changes: BinaryNode[]) => {
  const attrs = { from: '120363000000000001@g.us', type: 'w:gp2', id: '1', t: '1770285600' };
  return groupNews(node('notification', attrs, changes), now);
};

test('what strangers write into a group is cut, well-formed and without half a character', () => {
  const long = `A\u0000\u0007${'🥐'.repeat(1_000_000)}`;
  const description = node('description', { id: 'x' }, [node('body', {}, Buffer.from(long))]);
  const group = readGroup(
    node('group', { id: '1203630000001', subject: long, creation: '99999999999999' }, [description]),
    {
      now,
    },
  );
  expect(group?.subject.length).toBeLessThanOrEqual(512);
  expect(group?.description?.length).toBeLessThanOrEqual(8_192);
  for (const text of [group?.subject ?? '', group?.description ?? '']) {
    expect(text.isWellFormed()).toBe(true);
    expect(text).not.toContain('\u0000');
  }
  expect(group).toMatchObject({ createdAt: null, owner: null, memberCount: 0 });
  const [subject, described] = told(node('subject', { subject: long }), description).map(
    ({ change }) => change,
  );
  expect(JSON.stringify([subject, described]).length).toBeLessThan(60_000);
});

test('five thousand members are read whole, and no more than ten thousand of any number', () => {
  const members = (count: number) =>
    Array.from({ length: count }, (_, n) => member(n, n ? {} : { type: 'superadmin' }));
  const large = readGroup(
    node('group', { id: '1203630000001', subject: 'Large', size: '5000' }, members(5_000)),
    { now },
  );
  expect([large?.memberCount, large?.members?.length]).toEqual([5_000, 5_000]);
  expect(large?.members?.[0]).toEqual({
    lid: '100000000000@lid',
    phone: '628111000000@c.us',
    role: 'superadmin',
  });
  const absurd = readGroup(node('group', { id: '1203630000001', subject: 'Absurd' }, members(60_000)), {
    now,
  });
  expect(absurd?.members).toHaveLength(10_000);
  const [added] = told(node('add', {}, members(60_000)));
  expect(added?.change).toMatchObject({ is: 'joined' });
  expect(added?.change.is === 'joined' && added.change.people.length).toBe(10_000);
});

test('communities, their announcements and their groups are read as what they are', () => {
  const kindOf = (...children: BinaryNode[]) =>
    readGroup(node('group', { id: '120363000000000002', subject: 'Village' }, children), { now });
  expect(kindOf(node('parent'))).toMatchObject({ kind: 'community', parent: null });
  const parent = node('linked_parent', { jid: '120363000000000003@g.us' });
  expect(kindOf(node('default_sub_group'), parent)).toMatchObject({
    ...{ kind: 'announcements', parent: '120363000000000003@g.us' },
  });
  expect(kindOf(parent)).toMatchObject({ kind: 'group', parent: '120363000000000003@g.us' });
});

test('nonsense in a notice is nothing, and what is not understood is to be looked at', () => {
  const strange = [
    node('add', {}, [node('participant', { jid: 'nobody' }), node('participant')]),
    node('description', {}, Buffer.from('no body')),
    node('ephemeral', { expiration: '-5' }),
    node('invite'),
    node('constructor', { constructor: 'x' }),
    node('create', {}, [node('group', { id: '../x' })]),
  ];
  expect(told(...strange).map(({ change }) => change)).toEqual([
    { is: 'joined', people: [] },
    { is: 'set', settings: { description: null } },
    { is: 'set', settings: { expirationSeconds: 0 } },
    { is: 'unclear' },
    { is: 'unclear' },
    { is: 'unclear' },
  ]);
  for (const from of ['628111@s.whatsapp.net', 'x@g.us', '']) {
    expect(groupNews(node('notification', { from, type: 'w:gp2' }, [node('add')]), now)).toEqual([]);
  }
});

test('whom an answer names by another address is told by the order; who is left out was not done', () => {
  const [ana, bob, eve] = ['628111000001', '628111000002', '628111000003'].map(phoneChat) as [
    ChatId,
    ChatId,
    ChatId,
  ];
  const addresses = new Map([ana, bob, eve].map((person) => [person, person]));
  const named = (jid: string, error?: string) => node('participant', { jid, ...(error && { error }) });
  const answer = node('add', {}, [
    named('1000001@lid', '409'),
    named(`${bob.replace('c.us', 's.whatsapp.net')}`),
  ]);
  expect(resultsOf([ana, bob, eve], addresses, answer)).toEqual([
    { asked: ana, outcome: 'already', code: 409, person: { phone: ana, lid: '1000001@lid' } },
    { asked: bob, outcome: 'done', person: { phone: bob } },
    { asked: eve, outcome: 'refused' },
  ]);
});
