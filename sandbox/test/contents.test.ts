import { createHash } from 'node:crypto';
import { type AnyMessageContent, proto } from 'baileys';
import { expect, test } from 'vitest';
import { contentsStage, jid } from './contents-stage.ts';
import { until } from './until.ts';

const stage = contentsStage('62811500000');
const [ANNA, CARL, BEN] = stage.numbers;
const { seenBy, shown, seen, relayed } = stage;

test('texts show mentions, what they quote and the page they lead to', async () => {
  const asked = await stage.anna.send(CARL, { text: 'First' });
  const quoted = { key: asked, message: { conversation: 'First' } } as never;
  const options = { quoted, messageId: 'QUOTING01' };
  await stage.anna.live.sendMessage(jid(CARL), { text: `@${BEN} second`, mentions: [jid(BEN)] }, options);
  expect(await shown('QUOTING01')).toMatchObject({
    ...{ type: 'text', text: `@${BEN} second`, content: { mentions: [BEN] } },
    quoted: { id: asked.id, text: 'First', type: 'text', from: ANNA },
  });
  expect(await seen({ text: '@all come', mentionAll: true })).toMatchObject({
    ...{ text: '@all come', content: { mentionsAll: true } },
  });
  const linkPreview = {
    ...{ 'canonical-url': 'https://example.com', 'matched-text': 'https://example.com', title: 'Example' },
    ...{ description: 'A page', jpegThumbnail: Buffer.from([1, 2, 3]) },
  };
  expect(await seen({ text: 'see https://example.com', linkPreview })).toMatchObject({
    content: {
      preview: { url: 'https://example.com', title: 'Example', description: 'A page', thumbnail: 'AQID' },
    },
  });
  const forward = { key: asked, message: { conversation: 'First' } } as never;
  expect(await seen({ forward, force: true })).toMatchObject({ text: 'First', content: { forwarded: true } });
});

test('an edit shows the new text with a mark, a taking back leaves nothing of the message', async () => {
  const key = await stage.anna.send(CARL, { text: 'Tomorow' });
  await stage.anna.send(CARL, { react: { text: '😀', key } });
  await stage.anna.send(CARL, { edit: key, text: 'Tomorrow' });
  const edited = await until('the edit', async () => {
    const message = await seenBy(CARL, key.id ?? '');
    return message?.text === 'Tomorrow' && message;
  });
  expect(edited).toMatchObject({ type: 'text', content: { edited: true, reactions: [{ from: ANNA }] } });
  await stage.anna.send(CARL, { delete: key });
  await until('taken back', async () => (await seenBy(CARL, key.id ?? '')).type === 'revoked');
  expect(await seenBy(CARL, key.id ?? '')).toMatchObject({ text: '', content: {} });
});

test('an answer that was edited still quotes what it answers', async () => {
  const asked = await stage.anna.send(CARL, { text: 'When?' });
  const quoted = { key: asked, message: { conversation: 'When?' } } as never;
  const answer = await stage.anna.live.sendMessage(jid(CARL), { text: 'At nin' }, { quoted });
  const id = answer?.key.id ?? '';
  const key = { id, remoteJid: jid(CARL), fromMe: true };
  const { Type } = proto.Message.ProtocolMessage;
  const protocolMessage = { key, type: Type.MESSAGE_EDIT, editedMessage: { conversation: 'At nine' } };
  await stage.anna.live.relayMessage(jid(CARL), { protocolMessage }, {});
  const edited = await until('the edit', async () => {
    const message = await seenBy(CARL, id);
    return message?.content.edited && message;
  });
  expect(edited).toMatchObject({ type: 'text', text: 'At nine', quoted: { id: asked.id, text: 'When?' } });
});

test('nobody edits or takes back what another wrote', async () => {
  const { body } = await stage.kit.post<{ id: string }>(`/api/phones/${CARL}/messages`, {
    ...{ to: ANNA, type: 'text', text: 'Mine' },
  });
  await until('heard', () => stage.anna.received.find(({ key }) => key.id === body.id));
  const key = { remoteJid: jid(CARL), fromMe: false, id: body.id };
  const { Type } = proto.Message.ProtocolMessage;
  const editedMessage = { conversation: 'Yours' };
  for (const protocolMessage of [
    { key, type: Type.MESSAGE_EDIT, editedMessage },
    { key, type: Type.REVOKE },
  ]) {
    await stage.anna.live.relayMessage(jid(CARL), { protocolMessage }, {});
  }
  await seen({ text: 'after that' });
  expect(await seenBy(CARL, body.id)).toMatchObject({ type: 'text', text: 'Mine' });
});

test('reactions are messages of their own, listed on the message they are about, one per person', async () => {
  const key = await stage.anna.send(CARL, { text: 'Nice' });
  await stage.anna.send(CARL, { react: { text: '👍', key } });
  expect(await seen({ react: { text: '🎉', key } })).toMatchObject({
    ...{ type: 'reaction', text: '🎉', content: { target: key.id } },
  });
  const { content } = await seenBy(CARL, key.id ?? '');
  expect(content.reactions).toMatchObject([{ from: ANNA, text: '🎉' }]);
  await seen({ react: { text: '', key } });
  expect((await seenBy(CARL, key.id ?? '')).content.reactions).toBeUndefined();
  const onAnnas = await seenBy(ANNA, key.id ?? '');
  expect(onAnnas).toMatchObject({ fromMe: true, text: 'Nice' });
  expect(onAnnas.content.reactions).toBeUndefined();
});

test('polls show their options, and who voted for what, also when the vote is from a client', async () => {
  const messageSecret = createHash('sha256').update('poll').digest();
  const poll = { name: 'Lunch?', values: ['Rice', 'Noodles'], selectableCount: 1, messageSecret };
  const { id, type, text, content } = await seen({ poll });
  expect({ type, text }).toEqual({ type: 'poll', text: 'Lunch?' });
  expect(content.poll).toEqual({
    ...{ question: 'Lunch?', selectable: 1 },
    options: ['Rice', 'Noodles'].map((name) => ({ name, votes: 0, voters: [] })),
  });
  const vote = (options: string[]) =>
    stage.kit.post(`/api/phones/${CARL}/messages`, { to: ANNA, type: 'vote', id, options });
  await vote(['Rice']);
  await vote(['Noodles']);
  const onAnnas = await until('the vote on the phone of the author', async () => {
    const message = await seenBy(ANNA, id);
    return message?.content.poll.options[1].votes === 1 && message;
  });
  expect(onAnnas.content.poll.options).toEqual([
    { name: 'Rice', votes: 0, voters: [] },
    { name: 'Noodles', votes: 1, voters: [CARL] },
  ]);
  const update = await until('the vote at the client', () =>
    stage.anna.received.find(({ message }) => message?.pollUpdateMessage),
  );
  const forged = {
    ...update.message?.pollUpdateMessage,
    pollCreationMessageKey: { remoteJid: jid(CARL), id, fromMe: true },
  };
  await stage.anna.live.relayMessage(jid(CARL), { pollUpdateMessage: forged }, {});
  await seen({ text: 'after the forged vote' });
  expect((await seenBy(CARL, id)).content.poll.options[1].voters).toEqual([CARL]);
});

test('events, places, cards and invitations show in plain words', async () => {
  const startDate = new Date(1_800_000_000_000);
  const party = {
    name: 'Party',
    description: 'Dancing',
    startDate,
    location: { degreesLatitude: 1, degreesLongitude: 2 },
  };
  expect(await seen({ event: party })).toMatchObject({
    ...{ type: 'event', text: 'Party' },
    content: { event: { description: 'Dancing', start: 1_800_000_000_000, location: { latitude: 1 } } },
  });
  const monas = { degreesLatitude: -6.1754, degreesLongitude: 106.8272, name: 'Monas', address: 'Jakarta' };
  expect(await seen({ location: monas })).toMatchObject({
    ...{ type: 'location', text: 'Monas, Jakarta' },
    content: { location: { latitude: -6.1754, longitude: 106.8272 } },
  });
  const live = { degreesLatitude: 1.5, degreesLongitude: 2.5, sequenceNumber: 7 };
  expect(await relayed({ liveLocationMessage: live })).toMatchObject({
    ...{ type: 'liveLocation', text: '1.5, 2.5', content: { location: { sequence: 7 } } },
  });
  const card = (name: string) => ({
    displayName: name,
    vcard: `BEGIN:VCARD\nFN:${name}\nitem1.TEL;waid=${BEN}:+${BEN}\nTEL:+62 1\nEND:VCARD`,
  });
  expect(await seen({ contacts: { contacts: [card('Ben')] } })).toMatchObject({
    ...{ type: 'contact', text: 'Ben', content: { contacts: [{ numbers: [BEN, '+62 1'] }] } },
  });
  expect(await seen({ contacts: { contacts: [card('Ben'), card('Dora')] } })).toMatchObject({
    ...{ type: 'contacts', text: 'Ben, Dora' },
  });
  const groupInviteMessage = {
    ...{ groupJid: '1203@g.us', groupName: 'Team', inviteCode: 'abc' },
    ...{ inviteExpiration: 1_800_000_000, caption: 'Join' },
  };
  expect(await relayed({ groupInviteMessage })).toMatchObject({
    ...{ type: 'groupInvite', text: 'Join' },
    content: { invite: { group: '1203@g.us', name: 'Team', code: 'abc', expiresAt: 1_800_000_000_000 } },
  });
});

test('the setting of a chat is shown, and what vanishes says when', async () => {
  expect(await seen({ disappearingMessagesInChat: 604_800 })).toMatchObject({
    ...{ type: 'disappearing', text: 'Messages disappear after 7 days.', content: { expiration: 604_800 } },
  });
  const options = { ephemeralExpiration: 604_800, messageId: 'VANISHING01' };
  await stage.anna.live.sendMessage(jid(CARL), { text: 'A week' }, options);
  expect(await shown('VANISHING01')).toMatchObject({ text: 'A week', content: { expiration: 604_800 } });
  const { body } = await stage.kit.post<{ id: string }>(`/api/phones/${CARL}/messages`, {
    ...{ to: ANNA, type: 'text', text: 'Also a week' },
  });
  expect(await shown(body.id)).toMatchObject({ content: { expiration: 604_800 } });
  await seen({ disappearingMessagesInChat: false });
});

test('limits of sharing and shared or requested numbers show as notices and change no timer', async () => {
  await seen({ disappearingMessagesInChat: 604_800 });
  const sharing = (limitSharing: boolean) => seen({ limitSharing } as unknown as AnyMessageContent);
  expect(await sharing(true)).toMatchObject({ type: 'limitSharing', content: { sharingLimited: true } });
  expect(await sharing(false)).toMatchObject({ type: 'limitSharing', content: { sharingLimited: false } });
  const words = { type: 'sharePhoneNumber', text: 'The phone number is shared.' };
  expect(await seen({ sharePhoneNumber: true })).toMatchObject(words);
  const asked = { type: 'requestPhoneNumber', text: 'Asks for the phone number.' };
  expect(await seen({ requestPhoneNumber: true })).toMatchObject(asked);
  const { body } = await stage.kit.post<{ id: string }>(`/api/phones/${CARL}/messages`, {
    ...{ to: ANNA, type: 'text', text: 'Still a week' },
  });
  expect(await shown(body.id)).toMatchObject({ content: { expiration: 604_800 } });
  await seen({ disappearingMessagesInChat: false });
});

test('pins and keeps are marks on their message', async () => {
  const options = { ephemeralExpiration: 604_800, messageId: 'IMPORTANT01' };
  const key = (await stage.anna.live.sendMessage(jid(CARL), { text: 'Important' }, options))?.key ?? {};
  await stage.anna.send(CARL, { pin: key, type: proto.PinInChat.Type.PIN_FOR_ALL, time: 86_400 });
  const keepInChatMessage = { key, keepType: proto.KeepType.KEEP_FOR_ALL, timestampMs: Date.now() };
  await stage.anna.live.relayMessage(jid(CARL), { keepInChatMessage }, {});
  await seen({ text: 'after the pin' });
  const { content } = await seenBy(CARL, key.id ?? '');
  expect(content).toMatchObject({ pinned: { by: ANNA }, kept: { by: ANNA } });
  expect(content.pinned.until).toBeGreaterThan(Date.now() + 86_000_000);
  await stage.anna.send(CARL, { pin: key, type: proto.PinInChat.Type.UNPIN_FOR_ALL });
  await seen({ text: 'after the unpin' });
  expect((await seenBy(CARL, key.id ?? '')).content.pinned).toBeUndefined();
});

test('a chat has three pinned messages at most, and what never disappears is not kept', async () => {
  const keys = [];
  for (const text of ['1', '2', '3', '4']) {
    const key = await stage.anna.send(CARL, { text });
    await stage.anna.send(CARL, { pin: key, type: proto.PinInChat.Type.PIN_FOR_ALL, time: 86_400 });
    keys.push(key);
  }
  const [first = {}] = keys;
  const keepInChatMessage = { key: first, keepType: proto.KeepType.KEEP_FOR_ALL, timestampMs: Date.now() };
  await stage.anna.live.relayMessage(jid(CARL), { keepInChatMessage }, {});
  await seen({ text: 'after all pins' });
  const contents = await Promise.all(keys.map(async ({ id }) => (await seenBy(CARL, id ?? '')).content));
  expect(contents.map(({ pinned }) => pinned !== undefined)).toEqual([false, true, true, true]);
  expect(contents[0].kept).toBeUndefined();
});

test('what was done to messages survives a restart', async () => {
  const key = await stage.anna.send(CARL, { text: 'Kept' });
  await seen({ react: { text: '👍', key } });
  await stage.anna.end();
  await stage.kit.restart();
  expect(await seenBy(CARL, key.id ?? '')).toMatchObject({
    ...{ text: 'Kept', content: { reactions: [{ from: ANNA, text: '👍' }] } },
  });
});
