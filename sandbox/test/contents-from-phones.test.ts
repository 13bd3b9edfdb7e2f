import { createHash } from 'node:crypto';
import { decryptPollVote, getAggregateVotesInPollMessage, proto, updateMessageWithPollUpdate } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seal } from '../src/phone/contents/secrets.ts';
import { type Client, TestSandbox, until } from './kit.ts';

const ANNA = '628114000001';
const BEN = '628114000002';
const CARL = '628114000003';
const jid = (number: string) => `${number}@s.whatsapp.net`;
let kit: TestSandbox;
let anna: Client;
let ben: Client;

beforeAll(async () => {
  kit = await TestSandbox.start();
  await kit.post('/api/phones', { number: CARL, name: 'Carl' });
  [anna, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
});
afterAll(() => kit.close());

/** A person writes; gives the id. */
async function write(from: string, body: Record<string, unknown>): Promise<string> {
  const { status, body: answer } = await kit.post<{ id: string }>(`/api/phones/${from}/messages`, body);
  expect({ status, answer }).toMatchObject({ status: 200 });
  return answer.id;
}

/** Carl writes to Anna; gives what her client gets. */
async function carlWrites(body: Record<string, unknown>) {
  const id = await write(CARL, { to: ANNA, ...body });
  return until(`message ${id}`, () => anna.received.find((each) => each.key.id === id));
}

const seenBy = async (number: string, id: string): Promise<any> =>
  (await kit.seen(number)).find((each) => each.id === id);

const lidOf = async (number: string): Promise<string> =>
  `${(await kit.get<{ lid: string }>(`/api/phones/${number}`)).body.lid}@lid`;

/** The plain content of what Anna's client gets. */
async function heardByAnna(id: string): Promise<proto.IMessage> {
  const { message } = await until(`message ${id}`, () =>
    anna.received.find((each) => each.key.id === id && each.message),
  );
  return message ?? {};
}

/** Anna's client votes for one option of a poll, under the names that the chat uses. */
async function annaVotes(chat: string, id: string, creator: string, actor: string, option: string) {
  const { messageContextInfo } = await heardByAnna(id);
  const selectedOptions = [createHash('sha256').update(option).digest()];
  const plain = proto.Message.PollVoteMessage.encode({ selectedOptions }).finish();
  const secret = messageContextInfo?.messageSecret ?? new Uint8Array();
  const { payload, iv } = seal('Poll Vote', secret, { id, creator, actor }, plain);
  const pollCreationMessageKey = { remoteJid: chat, fromMe: false, id, participant: creator };
  const vote = { encPayload: payload, encIv: iv };
  await anna.live.relayMessage(chat, { pollUpdateMessage: { pollCreationMessageKey, vote } }, {});
}

/** Waits until Carl's phone shows these voters of the first option of a poll. */
const voters = (id: string, numbers: string[]) =>
  until(`votes for ${id}`, async () => {
    const { content } = await seenBy(CARL, id);
    return JSON.stringify(content.poll.options[0].voters) === JSON.stringify(numbers);
  });

/** An event of a client that fits. */
function event<T>(client: Client, name: string, fits: (data: any) => T | undefined): Promise<NonNullable<T>> {
  return until(name, () => {
    for (const each of client.events) {
      const found = each.name === name ? fits(each.data) : undefined;
      if (found) return found;
    }
    return undefined;
  });
}

test('a text arrives with mentions, link preview and the mark of being passed on', async () => {
  const { message } = await carlWrites({
    ...{ type: 'text', text: `@${BEN} see https://example.com`, mentions: [`+${BEN}`], forwarded: true },
    preview: { url: 'https://example.com', title: 'Example', description: 'A page', thumbnail: '/9j/2Q==' },
  });
  expect(message?.extendedTextMessage).toMatchObject({
    ...{ text: `@${BEN} see https://example.com`, matchedText: 'https://example.com', title: 'Example' },
    contextInfo: { mentionedJid: [jid(BEN)], isForwarded: true },
  });
  expect(message?.extendedTextMessage?.jpegThumbnail).toHaveLength(4);
});

test('an answer quotes the message it answers, whoever wrote that', async () => {
  const asked = await anna.say(CARL, 'What time?');
  const answer = await carlWrites({ type: 'text', text: 'At nine', quoted: asked });
  expect(answer.message?.extendedTextMessage?.contextInfo).toMatchObject({
    ...{ stanzaId: asked, participant: jid(ANNA) },
    quotedMessage: { extendedTextMessage: { text: 'What time?' } },
  });
  const again = await carlWrites({ type: 'text', text: 'Or ten', quoted: answer.key.id });
  expect(again.message?.extendedTextMessage?.contextInfo).toMatchObject({
    ...{ stanzaId: answer.key.id, participant: jid(CARL) },
    quotedMessage: { extendedTextMessage: { text: 'At nine' } },
  });
  expect(await seenBy(CARL, answer.key.id ?? '')).toMatchObject({
    quoted: { id: asked, text: 'What time?', type: 'text', from: ANNA },
  });
});

test('an edit and a taking back reach the client, and the own phone shows them', async () => {
  const sent = await carlWrites({ type: 'text', text: 'Tomorow' });
  const id = sent.key.id ?? '';
  await write(CARL, { to: ANNA, type: 'edit', id, text: 'Tomorrow' });
  const edited = await event(anna, 'messages.update', (updates) =>
    updates.find((each: any) => each.key.id === id && each.update.message?.editedMessage),
  );
  expect(edited.update.message.editedMessage.message.conversation).toBe('Tomorrow');
  expect(await seenBy(CARL, id)).toMatchObject({ text: 'Tomorrow', content: { edited: true } });
  await write(CARL, { to: ANNA, type: 'revoke', id });
  await event(anna, 'messages.update', (updates) =>
    updates.find((each: any) => each.key.id === id && each.update.message === null),
  );
  expect(await seenBy(CARL, id)).toMatchObject({ type: 'revoked', text: '', content: {} });
  expect((await kit.seen(CARL)).some(({ type }) => type === 'edited')).toBe(false);
});

test('a reaction to an own or another message names it as the client does, and can be taken away', async () => {
  const asked = await anna.say(CARL, 'Coming?');
  await anna.reaches(asked, 3);
  await write(CARL, { to: ANNA, type: 'reaction', id: asked, text: '👍' });
  const [first] = await event(anna, 'messages.reaction', (all) =>
    all[0].key.id === asked ? all : undefined,
  );
  expect(first).toMatchObject({ key: { fromMe: true, remoteJid: jid(CARL) }, reaction: { text: '👍' } });
  expect(await seenBy(CARL, asked)).toMatchObject({ content: { reactions: [{ from: CARL, text: '👍' }] } });
  await write(CARL, { to: ANNA, type: 'reaction', id: asked, text: '' });
  await event(anna, 'messages.reaction', (all) => (all[0].reaction.text === '' ? all : undefined));
  expect((await seenBy(CARL, asked)).content.reactions).toBeUndefined();
  const own = await carlWrites({ type: 'text', text: 'Mine' });
  await write(CARL, { to: ANNA, type: 'reaction', id: own.key.id, text: '🎉' });
  const [second] = await event(anna, 'messages.reaction', (all) =>
    all[0].key.id === own.key.id ? all : undefined,
  );
  expect(second.key.fromMe).toBe(false);
});

test('polls of one and of many choices arrive, and a vote of a client is counted on the phones', async () => {
  const many = await carlWrites({ type: 'poll', question: 'Days?', options: ['Mon', 'Tue'], selectable: 0 });
  expect(many.message?.pollCreationMessage).toMatchObject({ name: 'Days?', selectableOptionsCount: 0 });
  const poll = await carlWrites({ type: 'poll', question: 'Lunch?', options: ['Rice', 'Noodles'] });
  expect(poll.message?.pollCreationMessageV3?.options).toMatchObject([
    { optionName: 'Rice' },
    { optionName: 'Noodles' },
  ]);
  expect(poll.message?.messageContextInfo?.messageSecret).toHaveLength(32);
  await write(ANNA, { to: CARL, type: 'vote', id: poll.key.id, options: ['Noodles'] });
  const counted = await until('the vote', async () => {
    const { content } = await seenBy(CARL, poll.key.id ?? '');
    return content.poll.options[1].votes === 1 && content;
  });
  expect(counted.poll.options).toEqual([
    { name: 'Rice', votes: 0, voters: [] },
    { name: 'Noodles', votes: 1, voters: [ANNA] },
  ]);
  await annaVotes(jid(CARL), poll.key.id ?? '', jid(CARL), jid(ANNA), 'Rice');
  await voters(poll.key.id ?? '', [ANNA]);
});

test('a vote from a phone is decrypted and tallied by the helpers of the client', async () => {
  const poll = { name: 'Colour?', values: ['Red', 'Blue', 'Green'], selectableCount: 2 };
  const key = await anna.send(CARL, { poll });
  await anna.reaches(key.id ?? '', 3);
  const creation = anna.sent.get(key.id ?? '');
  const message = { key, message: creation } as proto.IWebMessageInfo;
  for (const options of [['Red'], ['Blue', 'Green']]) {
    const update = await carlWrites({ type: 'vote', id: key.id, options });
    const { vote, pollCreationMessageKey } = update.message?.pollUpdateMessage ?? {};
    expect(pollCreationMessageKey).toMatchObject({ id: key.id, fromMe: true });
    const decrypted = decryptPollVote(vote ?? {}, {
      pollEncKey: creation?.messageContextInfo?.messageSecret ?? new Uint8Array(),
      ...{ pollCreatorJid: jid(ANNA), pollMsgId: key.id ?? '', voterJid: jid(CARL) },
    });
    updateMessageWithPollUpdate(message as never, {
      ...{ pollUpdateMessageKey: update.key, vote: decrypted, senderTimestampMs: 0 },
    });
    const tally = getAggregateVotesInPollMessage(message as never, jid(ANNA));
    expect(tally.filter(({ voters }) => voters.length > 0).map(({ name }) => name)).toEqual(options);
  }
  expect((await seenBy(CARL, key.id ?? '')).content.poll.options.map((each: any) => each.votes)).toEqual([
    0, 1, 1,
  ]);
});

test('an event arrives, and the answers of its guests are decrypted by their clients and shown on phones', async () => {
  const event1 = await carlWrites({
    type: 'event',
    name: 'Opening',
    start: 1_800_000_000_000,
    extraGuests: true,
  });
  expect(event1.message?.eventMessage).toMatchObject({ name: 'Opening', extraGuestsAllowed: true });
  await write(ANNA, { to: CARL, type: 'eventResponse', id: event1.key.id, response: 'going', guests: 2 });
  await until('the answer', async () => {
    const { content } = await seenBy(CARL, event1.key.id ?? '');
    return content.event.responses?.[0]?.response === 'going' && content.event.responses[0].guests === 2;
  });
  const own = await anna.send(CARL, { event: { name: 'Party', startDate: new Date(1_800_000_000_000) } });
  await anna.reaches(own.id ?? '', 3);
  await write(CARL, { to: ANNA, type: 'eventResponse', id: own.id, response: 'notGoing' });
  const answered = await event(anna, 'messages.update', (updates) =>
    updates.find((each: any) => each.key.id === own.id && each.update.eventResponses),
  );
  expect(answered.update.eventResponses[0].response.response).toBe(
    proto.Message.EventResponseMessage.EventResponseType.NOT_GOING,
  );
});

test('places and cards arrive as they were given', async () => {
  const place = await carlWrites({ type: 'location', latitude: -6.1754, longitude: 106.8272, name: 'Monas' });
  expect(place.message?.locationMessage).toMatchObject({ degreesLatitude: -6.1754, name: 'Monas' });
  const live = await carlWrites({
    type: 'liveLocation',
    latitude: 1,
    longitude: 2,
    caption: 'Near',
    speed: 3,
  });
  expect(live.message?.liveLocationMessage).toMatchObject({ caption: 'Near', speedInMps: 3 });
  const card = await carlWrites({ type: 'contact', name: 'Ben', number: BEN });
  expect(card.message?.contactMessage?.vcard).toContain(`waid=${BEN}:+${BEN}`);
  const vcard = 'BEGIN:VCARD\nVERSION:3.0\nFN:Dora\nEND:VCARD';
  const cards = await carlWrites({
    ...{ type: 'contacts' },
    contacts: [
      { name: 'Ben', number: BEN },
      { name: 'Dora', vcard },
    ],
  });
  expect(cards.message?.contactsArrayMessage?.contacts?.[1]).toMatchObject({ displayName: 'Dora', vcard });
});

test('an invitation into a group is one that the client can accept', async () => {
  const { body: group } = await kit.post<{ jid: string }>('/api/groups', {
    ...{ by: CARL, subject: 'Bakers', members: [BEN] },
  });
  const { message, key } = await carlWrites({ type: 'groupInvite', group: group.jid, text: 'Join us' });
  expect(message?.groupInviteMessage).toMatchObject({ groupName: 'Bakers', caption: 'Join us' });
  await anna.live.groupAcceptInviteV4(key, message?.groupInviteMessage ?? {});
  const { body } = await kit.get<{ members: { number: string }[] }>(`/api/groups/${group.jid}`);
  expect(body.members.map(({ number }) => number)).toContain(ANNA);
});

test('pins and keeps arrive with the key of their message, and show on the phone', async () => {
  const { key } = await carlWrites({ type: 'text', text: 'Important', disappearing: 604_800 });
  const pin = await carlWrites({ type: 'pin', id: key.id, seconds: 86_400 });
  expect(pin.message).toMatchObject({
    pinInChatMessage: { key: { id: key.id }, type: 1 },
    messageContextInfo: { messageAddOnDurationInSecs: 86_400 },
  });
  const keep = await carlWrites({ type: 'keep', id: key.id });
  expect(keep.message?.keepInChatMessage).toMatchObject({ key: { id: key.id }, keepType: 1 });
  const { content } = await seenBy(CARL, key.id ?? '');
  expect(content).toMatchObject({ pinned: { by: CARL }, kept: { by: CARL } });
  await carlWrites({ type: 'pin', id: key.id, pinned: false });
  expect((await seenBy(CARL, key.id ?? '')).content.pinned).toBeUndefined();
});

test('the setting of a chat reaches the client, and messages after it vanish in their time', async () => {
  const before = anna.received.length;
  await carlWrites({ type: 'disappearing', seconds: 604_800 });
  expect(before).toBeLessThan(anna.received.length);
  await event(anna, 'chats.update', (all) => all.find((chat: any) => chat.ephemeralExpiration === 604_800));
  const lasting = await carlWrites({ type: 'text', text: 'A week' });
  const inner = lasting.message?.ephemeralMessage?.message ?? lasting.message;
  expect(inner?.extendedTextMessage).toMatchObject({ text: 'A week', contextInfo: { expiration: 604_800 } });
  await carlWrites({ type: 'disappearing', seconds: 0 });
  const short = await carlWrites({ type: 'text', text: 'A second', disappearing: 1 });
  await until('vanished', async () => !(await seenBy(CARL, short.key.id ?? '')));
  expect(await seenBy(CARL, lasting.key.id ?? '')).toMatchObject({ content: { expiration: 604_800 } });
});

test('the first message of a chat takes the default timer of who writes it, and the chat keeps that', async () => {
  const EMIL = '628115100009';
  await kit.post('/api/phones', { number: EMIL, name: 'Emil' });
  await kit.ask('PUT', `/api/phones/${EMIL}/profile`, { disappearingSeconds: 86_400 });
  const first = await write(EMIL, { to: ANNA, type: 'text', text: 'Good morning' });
  expect(await seenBy(ANNA, first)).toMatchObject({ content: { expiration: 86_400 } });
  await heardByAnna(first);
  await kit.ask('PUT', `/api/phones/${EMIL}/profile`, { disappearingSeconds: 0 });
  const answer = await write(ANNA, { to: EMIL, type: 'text', text: 'Morning' });
  const second = await write(EMIL, { to: ANNA, type: 'text', text: 'Two rolls' });
  for (const id of [answer, second])
    expect(await seenBy(EMIL, id)).toMatchObject({ content: { expiration: 86_400 } });
  await kit.ask('PUT', `/api/phones/${EMIL}/profile`, { disappearingSeconds: 604_800 });
  await write(CARL, { to: EMIL, type: 'text', text: 'Who is first' });
  const later = await write(EMIL, { to: CARL, type: 'text', text: 'Not me' });
  expect((await seenBy(EMIL, later)).content.expiration).toBeUndefined();
});

test('a message that a client could not read is sent again, whatever kind it is', async () => {
  ben.keys.forget('session');
  const id = await write(CARL, { to: BEN, type: 'text', text: 'First' });
  await until('the text', () => ben.received.find((each) => each.key.id === id)?.message);
  ben.keys.forget('session');
  await write(CARL, { to: BEN, type: 'reaction', id, text: '👋' });
  await event(ben, 'messages.reaction', (all) => (all[0].key.id === id ? all : undefined));
  ben.keys.forget('session');
  await write(CARL, { to: BEN, type: 'revoke', id });
  await event(ben, 'messages.update', (updates) =>
    updates.find((each: any) => each.key.id === id && each.update.message === null),
  );
});

test('in a group votes, quotes and an admin taking back a message name members as the group does', async () => {
  const { body: group } = await kit.post<{ jid: string }>('/api/groups', {
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
  const refused = await kit.post(`/api/phones/${ANNA}/messages`, { to: group.jid, type: 'revoke', id: said });
  expect(refused).toMatchObject({ status: 403, body: { error: { code: 'NOT_YOURS' } } });
  await write(CARL, { to: group.jid, type: 'revoke', id: said });
  await until('taken back', async () => (await seenBy(ANNA, said)).type === 'revoked');
  await event(anna, 'messages.update', (updates) =>
    updates.find((each: any) => each.key.id === said && each.update.message === null),
  );
});

test('a reaction to a status reaches its author and nobody else, a status everybody the person has a chat with', async () => {
  const EVE = '628114000004';
  await kit.post('/api/phones', { number: EVE });
  const status = 'status@broadcast';
  const reached = async (id: string) =>
    [...new Set((await kit.ledger(`messageId=${id}&kind=delivered`)).map(({ number }) => number))].sort();
  const { key } =
    (await anna.live.sendMessage(status, { text: 'Fresh' }, { statusJidList: [ANNA, BEN, EVE].map(jid) })) ??
    {};
  const id = key?.id ?? '';
  await until('seen', () => seenBy(EVE, id));
  const reaction = await write(EVE, { to: status, type: 'reaction', id, text: '🥐' });
  await event(anna, 'messages.reaction', (all) => (all[0].key.id === id ? all : undefined));
  expect((await seenBy(ANNA, id)).content.reactions).toMatchObject([{ from: EVE, text: '🥐' }]);
  expect(await reached(reaction)).toEqual([ANNA]);
  await write(EVE, { to: BEN, type: 'text', text: 'Hello' });
  const own = await write(EVE, { to: status, type: 'text', text: 'Mine' });
  await until('the status', () => ben.received.some((each) => each.key.id === own));
  expect(await reached(own)).toEqual([BEN]);
});

test('in a group that names people by LID, phones and clients do so in quotes, mentions, votes and answers', async () => {
  const { body: group } = await kit.post<{ jid: string }>('/api/groups', {
    ...{ by: CARL, subject: 'By LID', members: [ANNA, BEN], addressingMode: 'lid' },
  });
  const to = group.jid;
  const [annas, bens, carls] = await Promise.all([ANNA, BEN, CARL].map(lidOf));
  const said = await write(CARL, { to, type: 'text', text: 'Who is in?' });
  const answer = await write(BEN, { to, type: 'text', text: 'Ask them', quoted: said, mentions: [ANNA] });
  expect((await heardByAnna(answer)).extendedTextMessage?.contextInfo).toMatchObject({
    ...{ stanzaId: said, participant: carls, mentionedJid: [annas] },
  });
  const asked = await write(CARL, { to, type: 'poll', question: 'In?', options: ['Yes', 'No'] });
  await annaVotes(to, asked, carls ?? '', annas ?? '', 'Yes');
  await voters(asked, [ANNA]);
  const poll = await anna.send(to, { poll: { name: 'When?', values: ['Now', 'Later'] } });
  const party = await anna.send(to, { event: { name: 'Party', startDate: new Date(1_800_000_000_000) } });
  await until('on the phone', () => seenBy(BEN, party.id ?? ''));
  const vote = await write(BEN, { to, type: 'vote', id: poll.id, options: ['Later'] });
  const { pollUpdateMessage } = await heardByAnna(vote);
  expect(pollUpdateMessage?.pollCreationMessageKey).toMatchObject({ id: poll.id, participant: annas });
  const { selectedOptions } = decryptPollVote(pollUpdateMessage?.vote ?? {}, {
    pollEncKey: anna.sent.get(poll.id ?? '')?.messageContextInfo?.messageSecret ?? new Uint8Array(),
    ...{ pollCreatorJid: annas ?? '', pollMsgId: poll.id ?? '', voterJid: bens ?? '' },
  });
  expect(selectedOptions?.map((hash) => Buffer.from(hash))).toEqual([
    createHash('sha256').update('Later').digest(),
  ]);
  await write(BEN, { to, type: 'eventResponse', id: party.id, response: 'going' });
  await event(anna, 'messages.update', (updates) =>
    updates.find((each: any) => each.key.id === party.id && each.update.eventResponses),
  );
});

test('in a locked group only admins pin a message for all', async () => {
  const { body: group } = await kit.post<{ jid: string }>('/api/groups', {
    ...{ by: CARL, subject: 'Locked', members: [ANNA] },
  });
  await kit.ask('PUT', `/api/groups/${group.jid}`, { by: CARL, locked: true });
  const id = await write(CARL, { to: group.jid, type: 'text', text: 'Rules' });
  await heardByAnna(id);
  const participant = await lidOf(CARL);
  const pin = { remoteJid: group.jid, fromMe: false, id, participant };
  await anna.send(group.jid, { pin, type: proto.PinInChat.Type.PIN_FOR_ALL, time: 86_400 });
  const { id: after } = await anna.send(group.jid, { text: 'after the pin' });
  await until('read on', () => seenBy(CARL, after ?? ''));
  expect((await seenBy(CARL, id)).content.pinned).toBeUndefined();
  const asked = { to: group.jid, type: 'pin', id };
  const { status, body } = await kit.post(`/api/phones/${ANNA}/messages`, asked);
  expect({ status, body }).toMatchObject({ status: 403, body: { error: { code: 'NOT_ADMIN' } } });
  await write(CARL, asked);
  await until('the pin of an admin', async () => (await seenBy(ANNA, id)).content.pinned?.by === CARL);
});

test('what a phone writes into a group whose messages disappear says when', async () => {
  const { body: group } = await kit.post<{ jid: string }>('/api/groups', {
    ...{ by: CARL, subject: 'Fleeting', members: [ANNA] },
  });
  await kit.ask('PUT', `/api/groups/${group.jid}`, { by: CARL, ephemeral: 604_800 });
  const { ephemeralMessage, ...plain } = await heardByAnna(
    await write(CARL, { to: group.jid, type: 'text', text: 'A week' }),
  );
  expect((ephemeralMessage?.message ?? plain).extendedTextMessage).toMatchObject({
    ...{ text: 'A week', contextInfo: { expiration: 604_800 } },
  });
});

test.each([
  [{ type: 'reaction', id: 'NOBODY', text: '👍' }, 404, 'MESSAGE_NOT_FOUND'],
  [{ type: 'text', text: 'x', quoted: 'NOBODY' }, 404, 'MESSAGE_NOT_FOUND'],
  [{ type: 'text', text: 'x', mentions: ['nobody'] }, 400, 'VALIDATION_ERROR'],
  [{ type: 'poll', question: 'x', options: ['a', 'a'] }, 400, 'VALIDATION_ERROR'],
  [{ type: 'poll', question: 'x', options: ['a', 'b'], selectable: 3 }, 400, 'VALIDATION_ERROR'],
  [{ type: 'contact', name: 'x' }, 400, 'VALIDATION_ERROR'],
  [{ type: 'location', latitude: 91, longitude: 0 }, 400, 'VALIDATION_ERROR'],
  [{ type: 'groupInvite', group: '1@g.us' }, 404, 'GROUP_NOT_FOUND'],
  [{ type: 'hologram' }, 400, 'VALIDATION_ERROR'],
  [{ text: 'x' }, 400, 'VALIDATION_ERROR'],
])('what can not be sent is refused with its reason: %j', async (body, status, code) => {
  const answer = await kit.post(`/api/phones/${CARL}/messages`, { to: ANNA, ...body });
  expect(answer).toMatchObject({ status, body: { error: { code } } });
});

test('votes and edits are refused where they make no sense', async () => {
  const mine = await write(CARL, { to: ANNA, type: 'text', text: 'No poll' });
  const poll = await write(CARL, { to: ANNA, type: 'poll', question: 'One?', options: ['a', 'b'] });
  const theirs = await anna.say(CARL, 'Not yours');
  await anna.reaches(theirs, 3);
  const refusals = await Promise.all(
    [
      { type: 'vote', id: mine, options: ['a'] },
      { type: 'eventResponse', id: mine, response: 'going' },
      { type: 'vote', id: poll, options: ['c'] },
      { type: 'vote', id: poll, options: ['a', 'b'] },
      { type: 'edit', id: poll, text: 'x' },
      { type: 'edit', id: theirs, text: 'x' },
      { type: 'revoke', id: theirs },
      { type: 'keep', id: mine },
    ].map(async (body) => {
      const { body: answer } = await kit.post<any>(`/api/phones/${CARL}/messages`, { to: ANNA, ...body });
      return answer.error.code;
    }),
  );
  const wrong = ['NOT_A_POLL', 'NOT_AN_EVENT', 'VALIDATION_ERROR', 'VALIDATION_ERROR'];
  expect(refusals).toEqual([...wrong, 'NOT_EDITABLE', 'NOT_YOURS', 'NOT_YOURS', 'NOT_DISAPPEARING']);
});
