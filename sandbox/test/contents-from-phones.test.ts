import { decryptPollVote, getAggregateVotesInPollMessage, proto, updateMessageWithPollUpdate } from 'baileys';
import { expect, test } from 'vitest';
import { until } from './until.ts';
import { jid, writersStage } from './writers-stage.ts';

const on = writersStage('62811400000');
const [ANNA, BEN, CARL] = on.numbers;
const { write, carlWrites, seenBy, heardByAnna, annaVotes, voters, event } = on;

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
  const asked = await on.anna.say(CARL, 'What time?');
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
  const edited = await event(on.anna, 'messages.update', (updates) =>
    updates.find((each: any) => each.key.id === id && each.update.message?.editedMessage),
  );
  expect(edited.update.message.editedMessage.message.conversation).toBe('Tomorrow');
  expect(await seenBy(CARL, id)).toMatchObject({ text: 'Tomorrow', content: { edited: true } });
  await write(CARL, { to: ANNA, type: 'revoke', id });
  await event(on.anna, 'messages.update', (updates) =>
    updates.find((each: any) => each.key.id === id && each.update.message === null),
  );
  expect(await seenBy(CARL, id)).toMatchObject({ type: 'revoked', text: '', content: {} });
  expect((await on.kit.seen(CARL)).some(({ type }) => type === 'edited')).toBe(false);
});

test('a reaction to an own or another message names it as the client does, and can be taken away', async () => {
  const asked = await on.anna.say(CARL, 'Coming?');
  await on.anna.reaches(asked, 3);
  await write(CARL, { to: ANNA, type: 'reaction', id: asked, text: '👍' });
  const [first] = await event(on.anna, 'messages.reaction', (all) =>
    all[0].key.id === asked ? all : undefined,
  );
  expect(first).toMatchObject({ key: { fromMe: true, remoteJid: jid(CARL) }, reaction: { text: '👍' } });
  expect(await seenBy(CARL, asked)).toMatchObject({ content: { reactions: [{ from: CARL, text: '👍' }] } });
  await write(CARL, { to: ANNA, type: 'reaction', id: asked, text: '' });
  await event(on.anna, 'messages.reaction', (all) => (all[0].reaction.text === '' ? all : undefined));
  expect((await seenBy(CARL, asked)).content.reactions).toBeUndefined();
  const own = await carlWrites({ type: 'text', text: 'Mine' });
  await write(CARL, { to: ANNA, type: 'reaction', id: own.key.id, text: '🎉' });
  const [second] = await event(on.anna, 'messages.reaction', (all) =>
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
  const key = await on.anna.send(CARL, { poll });
  await on.anna.reaches(key.id ?? '', 3);
  const creation = on.anna.sent.get(key.id ?? '');
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

test('an event arrives; its guests’ answers are decrypted by their clients and shown on phones', async () => {
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
  const own = await on.anna.send(CARL, { event: { name: 'Party', startDate: new Date(1_800_000_000_000) } });
  await on.anna.reaches(own.id ?? '', 3);
  await write(CARL, { to: ANNA, type: 'eventResponse', id: own.id, response: 'notGoing' });
  const answered = await event(on.anna, 'messages.update', (updates) =>
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
  const { body: group } = await on.kit.post<{ jid: string }>('/api/groups', {
    ...{ by: CARL, subject: 'Bakers', members: [BEN] },
  });
  const { message, key } = await carlWrites({ type: 'groupInvite', group: group.jid, text: 'Join us' });
  expect(message?.groupInviteMessage).toMatchObject({ groupName: 'Bakers', caption: 'Join us' });
  await on.anna.live.groupAcceptInviteV4(key, message?.groupInviteMessage ?? {});
  const { body } = await on.kit.get<{ members: { number: string }[] }>(`/api/groups/${group.jid}`);
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
  const before = on.anna.received.length;
  await carlWrites({ type: 'disappearing', seconds: 604_800 });
  expect(before).toBeLessThan(on.anna.received.length);
  await event(on.anna, 'chats.update', (all) =>
    all.find((chat: any) => chat.ephemeralExpiration === 604_800),
  );
  const lasting = await carlWrites({ type: 'text', text: 'A week' });
  const inner = lasting.message?.ephemeralMessage?.message ?? lasting.message;
  expect(inner?.extendedTextMessage).toMatchObject({ text: 'A week', contextInfo: { expiration: 604_800 } });
  await carlWrites({ type: 'disappearing', seconds: 0 });
  const short = await carlWrites({ type: 'text', text: 'A second', disappearing: 1 });
  await until('vanished', async () => !(await seenBy(CARL, short.key.id ?? '')));
  expect(await seenBy(CARL, lasting.key.id ?? '')).toMatchObject({ content: { expiration: 604_800 } });
});

test('the first message of a chat sets the default timer of its sender, and the chat keeps it', async () => {
  const EMIL = '628115100009';
  await on.kit.post('/api/phones', { number: EMIL, name: 'Emil' });
  await on.kit.ask('PUT', `/api/phones/${EMIL}/profile`, { disappearingSeconds: 86_400 });
  const first = await write(EMIL, { to: ANNA, type: 'text', text: 'Good morning' });
  expect(await seenBy(ANNA, first)).toMatchObject({ content: { expiration: 86_400 } });
  await heardByAnna(first);
  await on.kit.ask('PUT', `/api/phones/${EMIL}/profile`, { disappearingSeconds: 0 });
  const answer = await write(ANNA, { to: EMIL, type: 'text', text: 'Morning' });
  const second = await write(EMIL, { to: ANNA, type: 'text', text: 'Two rolls' });
  for (const id of [answer, second])
    expect(await seenBy(EMIL, id)).toMatchObject({ content: { expiration: 86_400 } });
  await on.kit.ask('PUT', `/api/phones/${EMIL}/profile`, { disappearingSeconds: 604_800 });
  await write(CARL, { to: EMIL, type: 'text', text: 'Who is first' });
  const later = await write(EMIL, { to: CARL, type: 'text', text: 'Not me' });
  expect((await seenBy(EMIL, later)).content.expiration).toBeUndefined();
});

test('a message that a client could not read is sent again, whatever kind it is', async () => {
  on.ben.keys.forget('session');
  const id = await write(CARL, { to: BEN, type: 'text', text: 'First' });
  await until('the text', () => on.ben.received.find((each) => each.key.id === id)?.message);
  on.ben.keys.forget('session');
  await write(CARL, { to: BEN, type: 'reaction', id, text: '👋' });
  await event(on.ben, 'messages.reaction', (all) => (all[0].key.id === id ? all : undefined));
  on.ben.keys.forget('session');
  await write(CARL, { to: BEN, type: 'revoke', id });
  await event(on.ben, 'messages.update', (updates) =>
    updates.find((each: any) => each.key.id === id && each.update.message === null),
  );
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
  const answer = await on.kit.post(`/api/phones/${CARL}/messages`, { to: ANNA, ...body });
  expect(answer).toMatchObject({ status, body: { error: { code } } });
});

test('votes and edits are refused where they make no sense', async () => {
  const mine = await write(CARL, { to: ANNA, type: 'text', text: 'No poll' });
  const poll = await write(CARL, { to: ANNA, type: 'poll', question: 'One?', options: ['a', 'b'] });
  const theirs = await on.anna.say(CARL, 'Not yours');
  await on.anna.reaches(theirs, 3);
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
      const { body: answer } = await on.kit.post<any>(`/api/phones/${CARL}/messages`, { to: ANNA, ...body });
      return answer.error.code;
    }),
  );
  const wrong = ['NOT_A_POLL', 'NOT_AN_EVENT', 'VALIDATION_ERROR', 'VALIDATION_ERROR'];
  expect(refusals).toEqual([...wrong, 'NOT_EDITABLE', 'NOT_YOURS', 'NOT_YOURS', 'NOT_DISAPPEARING']);
});

test('raw bytes arrive as they are, under the id they were given', async () => {
  // "a", half a surrogate pair as a careless encoder writes it, "b", NUL.
  const text = Buffer.from([0x61, 0xed, 0xa0, 0x80, 0x62, 0]);
  const bytes = Buffer.concat([Buffer.from([0x0a, text.length]), text]).toString('base64');
  const id = 'AN ID OF MY OWN \u0000';
  const heard = await carlWrites({ type: 'raw', bytes, id });
  expect(heard).toMatchObject({ key: { id }, message: { conversation: 'a\ud800b\u0000' } });
  expect(await seenBy(CARL, id)).toBeUndefined();
});

test('nonsense reaches a client, and what comes after it arrives', async () => {
  await write(CARL, { to: ANNA, type: 'raw', bytes: '/////w==' });
  const next = await carlWrites({ type: 'text', text: 'and now in words' });
  expect(next.message?.conversation).toBe('and now in words');
});
