import { createHash } from 'node:crypto';
import { proto } from 'baileys';
import { expect, test } from 'vitest';
import { seal } from '../src/phone/contents/secrets.ts';
import { contentsStage, jid } from './contents-stage.ts';

const stage = contentsStage('62811700000');
const [ANNA, CARL, BEN] = stage.numbers;
const { seenBy, seen, relayed } = stage;

test.each<[string, proto.IMessage, object]>([
  [
    'buttons',
    {
      buttonsMessage: {
        ...{ contentText: 'Sure?', footerText: 'Bakery' },
        buttons: [{ buttonId: 'y', buttonText: { displayText: 'Yes' } }],
      },
    },
    {
      type: 'buttons',
      text: 'Sure?\nBakery\n[Yes]',
      content: { footer: 'Bakery', choices: [{ id: 'y', text: 'Yes' }] },
    },
  ],
  [
    'a list',
    {
      listMessage: {
        ...{ title: 'Menu', description: 'Choose', buttonText: 'Open' },
        sections: [{ title: 'Bread', rows: [{ rowId: 'r1', title: 'Roll', description: 'Fresh' }] }],
      },
    },
    {
      ...{ type: 'list', text: 'Menu\nChoose\n[Roll]' },
      content: { choices: [{ id: 'r1', text: 'Roll', description: 'Fresh', section: 'Bread' }] },
    },
  ],
  [
    'a template',
    {
      templateMessage: {
        hydratedTemplate: {
          ...{ hydratedContentText: 'Ready' },
          hydratedButtons: [{ index: 0, urlButton: { displayText: 'See', url: 'https://example.com' } }],
        },
      },
    },
    { type: 'template', text: 'Ready\n[See]', content: { choices: [{ url: 'https://example.com' }] } },
  ],
  [
    'native buttons with broken parameters',
    {
      interactiveMessage: {
        ...{ body: { text: 'Pay' } },
        nativeFlowMessage: {
          buttons: [
            { name: 'quick_reply', buttonParamsJson: '{"display_text":"Now","id":"n"}' },
            { name: 'cta_url', buttonParamsJson: '{' },
          ],
        },
      },
    },
    {
      type: 'interactive',
      text: 'Pay\n[Now] [cta_url]',
      content: { choices: [{ id: 'n' }, { id: 'cta_url' }] },
    },
  ],
  [
    'a pressed button',
    { buttonsResponseMessage: { selectedButtonId: 'y', selectedDisplayText: 'Yes', type: 1 } },
    { type: 'buttonReply', text: 'Yes', content: { chosen: { id: 'y', text: 'Yes' } } },
  ],
  [
    'a chosen row',
    { listResponseMessage: { title: 'Roll', singleSelectReply: { selectedRowId: 'r1' } } },
    { type: 'listReply', text: 'Roll', content: { chosen: { id: 'r1' } } },
  ],
  [
    'an order',
    {
      orderMessage: {
        ...{
          orderId: '9',
          itemCount: 3,
          orderTitle: 'Bread',
          message: 'Today',
          sellerJid: `${BEN}@s.whatsapp.net`,
        },
        ...{ totalAmount1000: 76_500_000, totalCurrencyCode: 'IDR' },
      },
    },
    {
      ...{ type: 'order', text: 'Bread\nToday' },
      content: { order: { id: '9', items: 3, total: 76_500, currency: 'IDR', seller: BEN } },
    },
  ],
  [
    'a comment',
    { commentMessage: { message: { conversation: 'Right' }, targetMessageKey: { id: 'TARGET01' } } },
    { type: 'comment', text: 'Right', content: { target: 'TARGET01' } },
  ],
  [
    'what phones have no picture for',
    {
      newsletterAdminInviteMessage: {
        newsletterJid: '1@newsletter',
        newsletterName: 'News',
        caption: 'Help',
      },
    },
    { type: 'newsletterAdminInvite', text: 'Help', content: { field: 'newsletterAdminInviteMessage' } },
  ],
  [
    'a text in every wrapper at once',
    {
      ephemeralMessage: {
        message: {
          viewOnceMessageV2: {
            message: { groupMentionedMessage: { message: { extendedTextMessage: { text: 'Deep' } } } },
          },
        },
      },
    },
    { type: 'text', text: 'Deep', content: { viewOnce: true } },
  ],
])('%s shows in words', async (_, message, expected) => {
  expect(await relayed(message)).toMatchObject(expected);
});

test('what is said under the secret of a message is done to it and never shows by itself', async () => {
  const messageSecret = createHash('sha256').update('event').digest();
  const startDate = new Date(1_800_000_000_000);
  const { id } = await seen({ event: { name: 'Party', startDate, messageSecret } });
  const before = (await stage.kit.seen(CARL)).length;
  const targetMessageKey = { remoteJid: jid(CARL), fromMe: true, id };
  const sealed = (purpose: 'Event Edit' | 'Enc Reaction', plain: Uint8Array, secret = messageSecret) => {
    const parties = { id, creator: jid(ANNA), actor: jid(ANNA) };
    const { payload: encPayload, iv: encIv } = seal(purpose, secret, parties, plain);
    return { targetMessageKey, encPayload, encIv };
  };
  const edit = (name: string) => proto.Message.encode({ eventMessage: { name } }).finish();
  const { EVENT_EDIT } = proto.Message.SecretEncryptedMessage.SecretEncType;
  const reaction = proto.Message.ReactionMessage.encode({ text: '🎈' }).finish();
  const deeds: proto.IMessage[] = [
    { secretEncryptedMessage: { ...sealed('Event Edit', edit('Ball')), secretEncType: EVENT_EDIT } },
    {
      secretEncryptedMessage: {
        ...sealed('Event Edit', edit('Forged'), Buffer.alloc(32)),
        secretEncType: EVENT_EDIT,
      },
    },
    { encReactionMessage: sealed('Enc Reaction', reaction) },
    { encReactionMessage: sealed('Enc Reaction', Buffer.from('no reaction')) },
  ];
  for (const message of deeds) await stage.anna.live.relayMessage(jid(CARL), message, {});
  await seen({ text: 'after the secrets' });
  expect(await seenBy(CARL, id)).toMatchObject({
    ...{ type: 'event', text: 'Ball' },
    content: { event: { start: 1_800_000_000_000 }, edited: true, reactions: [{ from: ANNA, text: '🎈' }] },
  });
  expect(await stage.kit.seen(CARL)).toHaveLength(before + 1);
});

test('odd and hollow messages never stop a phone', async () => {
  const { id = '' } = await seen({
    poll: { name: '?', values: ['a', 'b'], messageSecret: Buffer.alloc(32) },
  });
  const parties = { id, creator: jid(ANNA), actor: jid(ANNA) };
  const { payload, iv } = seal('Poll Vote', Buffer.alloc(32), parties, Buffer.from('no vote'));
  const vote = { encPayload: payload, encIv: iv };
  const far = 2 ** 62;
  const odd: proto.IMessage[] = [
    { pollUpdateMessage: { pollCreationMessageKey: { id }, vote } },
    { reactionMessage: { key: { id }, text: '1', senderTimestampMs: far } },
    { pinInChatMessage: { key: { id }, type: 1, senderTimestampMs: far } },
    { locationMessage: { degreesLatitude: Number.NaN, degreesLongitude: Number.POSITIVE_INFINITY } },
    { eventMessage: { name: 'x', startTime: far } },
    { imageMessage: { mediaKey: Buffer.from('x'), directPath: '/', fileLength: far } },
    {},
    { reactionMessage: {} },
    { pollUpdateMessage: {} },
    {
      pollUpdateMessage: {
        pollCreationMessageKey: { id: 'x' },
        vote: { encPayload: Buffer.from('x'), encIv: Buffer.from('y') },
      },
    },
    { pinInChatMessage: { key: {} } },
    { encReactionMessage: {} },
    { secretEncryptedMessage: { targetMessageKey: { id }, secretEncType: 2 } },
    { protocolMessage: { type: proto.Message.ProtocolMessage.Type.REVOKE } },
    { pollCreationMessage: {} },
    { eventMessage: {} },
    { contactsArrayMessage: {} },
    { templateMessage: {} },
    { imageMessage: {} },
    { extendedTextMessage: { contextInfo: { stanzaId: 'x', mentionedJid: ['', 'odd'], quotedMessage: {} } } },
    { viewOnceMessage: {} },
  ];
  for (const message of odd) await stage.anna.live.relayMessage(jid(CARL), message, {});
  expect(await seen({ text: 'still here' })).toMatchObject({ text: 'still here' });
  expect(stage.kit.problems).toEqual([]);
  expect((await stage.kit.get(`/api/phones/${CARL}`)).body).toMatchObject({ pending: 0 });
});

test('a message nested deeper than any reader follows is refused, and the phone reads on', async () => {
  let deep: proto.IMessage = { conversation: 'at the bottom' };
  for (let depth = 0; depth < 1500; depth += 1) deep = { commentMessage: { message: deep } };
  await stage.anna.live.relayMessage(jid(CARL), deep, { messageId: 'TOODEEP01' });
  expect(await seen({ text: 'after the deep one' })).toMatchObject({ text: 'after the deep one' });
  expect(await seenBy(CARL, 'TOODEEP01')).toBeUndefined();
  const [refused] = await stage.kit.ledger(`number=${CARL}&messageId=TOODEEP01&kind=undecryptable`);
  expect(refused).toMatchObject({ number: CARL, from: expect.stringContaining(ANNA) });
});
