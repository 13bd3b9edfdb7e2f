import { createHash } from 'node:crypto';
import { decryptPollVote, proto } from 'baileys';
import { expect, test } from 'vitest';
import { until } from './until.ts';
import { jid, writersStage } from './writers-stage.ts';

const on = writersStage('62811600000');
const [ANNA, BEN, CARL] = on.numbers;
const { write, seenBy, lidOf, heardByAnna, annaVotes, voters, event } = on;

test('in a group votes, quotes and an admin taking back a message name members as the group does', async () => {
  const { body: group } = await on.kit.post<{ jid: string }>('/api/groups', {
    ...{ by: CARL, subject: 'Team', members: [ANNA, BEN] },
  });
  const poll = await write(CARL, { to: group.jid, type: 'poll', question: 'Ok?', options: ['Yes', 'No'] });
  await write(BEN, { to: group.jid, type: 'vote', id: poll, options: ['Yes'] });
  const counted = await until('the vote', async () => {
    const { content } = (await seenBy(ANNA, poll)) ?? { content: {} };
    return content.poll?.options[0].votes === 1 && content;
  });
  expect(counted.poll.options[0].voters).toEqual([BEN]);
  const said = await write(BEN, { to: group.jid, type: 'text', text: 'Nonsense' });
  await until('seen', () => seenBy(CARL, said));
  const refused = await on.kit.post(`/api/phones/${ANNA}/messages`, {
    to: group.jid,
    type: 'revoke',
    id: said,
  });
  expect(refused).toMatchObject({ status: 403, body: { error: { code: 'NOT_YOURS' } } });
  await write(CARL, { to: group.jid, type: 'revoke', id: said });
  await until('taken back', async () => (await seenBy(ANNA, said)).type === 'revoked');
  await event(on.anna, 'messages.update', (updates) =>
    updates.find((each: any) => each.key.id === said && each.update.message === null),
  );
});

test('a reaction to a status reaches its author alone; a status reaches everybody with a chat', async () => {
  const EVE = '628114000004';
  await on.kit.post('/api/phones', { number: EVE });
  const status = 'status@broadcast';
  const reached = async (id: string) =>
    [...new Set((await on.kit.ledger(`messageId=${id}&kind=delivered`)).map(({ number }) => number))].sort();
  const { key } =
    (await on.anna.live.sendMessage(
      status,
      { text: 'Fresh' },
      { statusJidList: [ANNA, BEN, EVE].map(jid) },
    )) ?? {};
  const id = key?.id ?? '';
  await until('seen', () => seenBy(EVE, id));
  const reaction = await write(EVE, { to: status, type: 'reaction', id, text: '🥐' });
  await event(on.anna, 'messages.reaction', (all) => (all[0].key.id === id ? all : undefined));
  expect((await seenBy(ANNA, id)).content.reactions).toMatchObject([{ from: EVE, text: '🥐' }]);
  expect(await reached(reaction)).toEqual([ANNA]);
  await write(EVE, { to: BEN, type: 'text', text: 'Hello' });
  const own = await write(EVE, { to: status, type: 'text', text: 'Mine' });
  await until('the status', () => on.ben.received.some((each) => each.key.id === own));
  expect(await reached(own)).toEqual([BEN]);
});

test('in a group by LID, quotes, mentions, votes and answers name people by LID', async () => {
  const { body: group } = await on.kit.post<{ jid: string }>('/api/groups', {
    ...{ by: CARL, subject: 'By LID', members: [ANNA, BEN], addressingMode: 'lid' },
  });
  const to = group.jid;
  const [annas, bens, carls] = await Promise.all([ANNA, BEN, CARL].map(lidOf));
  const said = await write(CARL, { to, type: 'text', text: 'Who is in?' });
  const answer = await write(BEN, { to, type: 'text', text: `Ask @${ANNA}`, quoted: said, mentions: [ANNA] });
  expect((await heardByAnna(answer)).extendedTextMessage).toMatchObject({
    text: `Ask @${annas?.split('@')[0]}`,
    contextInfo: { stanzaId: said, participant: carls, mentionedJid: [annas] },
  });
  // What travels as a LID is read as the number again.
  expect(await seenBy(CARL, answer)).toMatchObject({ text: `Ask @${ANNA}`, content: { mentions: [ANNA] } });
  const asked = await write(CARL, { to, type: 'poll', question: 'In?', options: ['Yes', 'No'] });
  await annaVotes(to, asked, carls ?? '', annas ?? '', 'Yes');
  await voters(asked, [ANNA]);
  const poll = await on.anna.send(to, { poll: { name: 'When?', values: ['Now', 'Later'] } });
  const party = await on.anna.send(to, { event: { name: 'Party', startDate: new Date(1_800_000_000_000) } });
  await until('on the phone', () => seenBy(BEN, party.id ?? ''));
  const vote = await write(BEN, { to, type: 'vote', id: poll.id, options: ['Later'] });
  const { pollUpdateMessage } = await heardByAnna(vote);
  expect(pollUpdateMessage?.pollCreationMessageKey).toMatchObject({ id: poll.id, participant: annas });
  const { selectedOptions } = decryptPollVote(pollUpdateMessage?.vote ?? {}, {
    pollEncKey: on.anna.sent.get(poll.id ?? '')?.messageContextInfo?.messageSecret ?? new Uint8Array(),
    ...{ pollCreatorJid: annas ?? '', pollMsgId: poll.id ?? '', voterJid: bens ?? '' },
  });
  expect(selectedOptions?.map((hash) => Buffer.from(hash))).toEqual([
    createHash('sha256').update('Later').digest(),
  ]);
  await write(BEN, { to, type: 'eventResponse', id: party.id, response: 'going' });
  await event(on.anna, 'messages.update', (updates) =>
    updates.find((each: any) => each.key.id === party.id && each.update.eventResponses),
  );
});

test('in a locked group only admins pin a message for all', async () => {
  const { body: group } = await on.kit.post<{ jid: string }>('/api/groups', {
    ...{ by: CARL, subject: 'Locked', members: [ANNA] },
  });
  await on.kit.ask('PUT', `/api/groups/${group.jid}`, { by: CARL, locked: true });
  const id = await write(CARL, { to: group.jid, type: 'text', text: 'Rules' });
  await heardByAnna(id);
  const participant = await lidOf(CARL);
  const pin = { remoteJid: group.jid, fromMe: false, id, participant };
  await on.anna.send(group.jid, { pin, type: proto.PinInChat.Type.PIN_FOR_ALL, time: 86_400 });
  const { id: after } = await on.anna.send(group.jid, { text: 'after the pin' });
  await until('read on', () => seenBy(CARL, after ?? ''));
  expect((await seenBy(CARL, id)).content.pinned).toBeUndefined();
  const asked = { to: group.jid, type: 'pin', id };
  const { status, body } = await on.kit.post(`/api/phones/${ANNA}/messages`, asked);
  expect({ status, body }).toMatchObject({ status: 403, body: { error: { code: 'NOT_ADMIN' } } });
  await write(CARL, asked);
  await until('the pin of an admin', async () => (await seenBy(ANNA, id)).content.pinned?.by === CARL);
});

test('what a phone writes into a group whose messages disappear says when', async () => {
  const { body: group } = await on.kit.post<{ jid: string }>('/api/groups', {
    ...{ by: CARL, subject: 'Fleeting', members: [ANNA] },
  });
  await on.kit.ask('PUT', `/api/groups/${group.jid}`, { by: CARL, ephemeral: 604_800 });
  const { ephemeralMessage, ...plain } = await heardByAnna(
    await write(CARL, { to: group.jid, type: 'text', text: 'A week' }),
  );
  expect((ephemeralMessage?.message ?? plain).extendedTextMessage).toMatchObject({
    ...{ text: 'A week', contextInfo: { expiration: 604_800 } },
  });
});
