import { encodeWAMessage, proto } from 'baileys';
import { describe, expect, test } from 'vitest';
import { fromUnreadable, fromWire } from './from-wire.ts';

const self = { id: '628111000001:4@s.whatsapp.net', lid: '100000000000001:4@lid' };
const bob = { from: '628111000002@s.whatsapp.net', sender_lid: '100000000000002@lid' };
const kinds = proto.Message.ProtocolMessage.Type;

function heard(message: proto.IMessage, attrs: Record<string, string> = {}) {
  const plaintext = encodeWAMessage(message);
  return fromWire(
    { attrs: { id: 'ABC', t: '1700000000', notify: 'Bob', ...bob, ...attrs }, plaintext },
    self,
  );
}
const contentOf = (message: proto.IMessage) => heard(message)[0]?.content;

describe('content', () => {
  test('text, plain and extended, says what it answers', () => {
    expect(contentOf({ conversation: 'hi' })).toEqual({ type: 'text', text: 'hi' });
    const [reply] = heard({ extendedTextMessage: { text: 'yes', contextInfo: { stanzaId: 'QUOTED' } } });
    expect(reply).toMatchObject({ content: { type: 'text', text: 'yes' }, quotedId: 'QUOTED' });
  });

  test('files are described by caption, kind and size', () => {
    const imageMessage = {
      caption: 'bread',
      mimetype: 'image/jpeg',
      fileLength: 1234,
      width: 10,
      height: 20,
    };
    expect(contentOf({ imageMessage })).toEqual({
      type: 'image',
      caption: 'bread',
      mimetype: 'image/jpeg',
      bytes: 1234,
      width: 10,
      height: 20,
    });
    expect(contentOf({ audioMessage: { ptt: true, seconds: 3 } })).toMatchObject({
      type: 'voice',
      seconds: 3,
    });
    expect(contentOf({ audioMessage: { mimetype: 'audio/mp4' } })).toMatchObject({ type: 'audio' });
    expect(contentOf({ videoMessage: { gifPlayback: true } })).toMatchObject({ type: 'video', shape: 'gif' });
    expect(contentOf({ stickerMessage: { mimetype: 'image/webp' } })).toMatchObject({ type: 'sticker' });
    const documentMessage = { fileName: 'menu.pdf', mimetype: 'application/pdf' };
    const captioned = { documentWithCaptionMessage: { message: { documentMessage } } };
    expect(contentOf(captioned)).toMatchObject({ type: 'document', filename: 'menu.pdf' });
  });

  test('places, contacts, polls and reactions', () => {
    const locationMessage = { degreesLatitude: -6.2, degreesLongitude: 106.8, name: 'Bakery' };
    expect(contentOf({ locationMessage })).toEqual({
      type: 'location',
      latitude: -6.2,
      longitude: 106.8,
      name: 'Bakery',
    });
    expect(contentOf({ contactMessage: { displayName: 'Ann', vcard: 'BEGIN:VCARD' } })).toEqual({
      type: 'contact',
      contacts: [{ name: 'Ann', vcard: 'BEGIN:VCARD' }],
    });
    const options = [{ optionName: 'rye' }, { optionName: 'wheat' }];
    expect(contentOf({ pollCreationMessageV3: { name: 'Which?', options } })).toEqual({
      type: 'poll',
      question: 'Which?',
      options: ['rye', 'wheat'],
    });
    expect(contentOf({ reactionMessage: { text: '🥐', key: { id: 'T' } } })).toEqual({
      type: 'reaction',
      emoji: '🥐',
      targetId: 'T',
    });
  });

  test('taking back and editing name the message they change', () => {
    const key = { id: 'T' };
    expect(contentOf({ protocolMessage: { type: kinds.REVOKE, key } })).toEqual({
      type: 'revoked',
      targetId: 'T',
    });
    const editedMessage = { conversation: 'better' };
    expect(contentOf({ protocolMessage: { type: kinds.MESSAGE_EDIT, key, editedMessage } })).toEqual({
      type: 'edited',
      targetId: 'T',
      content: { type: 'text', text: 'better' },
    });
  });

  test('whoever a change claims to be inside, the stanza says who it is and where', () => {
    const key = { id: 'T', fromMe: true, remoteJid: '628111000009@s.whatsapp.net', participant: self.id };
    const forged = [
      { protocolMessage: { type: kinds.REVOKE, key } },
      { protocolMessage: { type: kinds.MESSAGE_EDIT, key, editedMessage: { conversation: 'forged' } } },
      { reactionMessage: { text: '👍', key } },
      {
        deviceSentMessage: {
          destinationJid: key.remoteJid,
          message: { reactionMessage: { text: '👍', key } },
        },
      },
    ];
    for (const message of forged) {
      expect(heard(message)[0]).toMatchObject({
        chat: '628111000002@c.us',
        sender: { phone: '628111000002@c.us' },
        fromMe: false,
        content: { targetId: 'T' },
      });
    }
  });

  test('when a change was made is told by the clock of whoever made it', () => {
    const sentAt = new Date(1_700_000_000_123);
    const key = { id: 'T' };
    expect(contentOf({ reactionMessage: { text: '🥐', key, senderTimestampMs: sentAt.getTime() } })).toEqual({
      type: 'reaction',
      emoji: '🥐',
      targetId: 'T',
      sentAt,
    });
  });

  test('pins, keeps, answers and what is sealed are done to a message, and no messages', () => {
    const key = { id: 'T' };
    const done: [proto.IMessage, object][] = [
      [{ pinInChatMessage: { key, type: 1 } }, { type: 'pinned', seconds: 604_800 }],
      [{ pinInChatMessage: { key, type: 2 } }, { type: 'pinned', seconds: 0 }],
      [{ keepInChatMessage: { key, keepType: 1 } }, { type: 'kept', kept: true }],
      [{ secretEncryptedMessage: { targetMessageKey: key, secretEncType: 2 } }, { type: 'edited' }],
      [{ secretEncryptedMessage: { targetMessageKey: key, secretEncType: 0 } }, { type: 'deed' }],
      [{ encReactionMessage: { targetMessageKey: key } }, { type: 'reaction' }],
      [{ encEventResponseMessage: { eventCreationMessageKey: key } }, { type: 'event-response' }],
    ];
    for (const [message, content] of done) {
      expect(contentOf(message)).toMatchObject({ ...content, targetId: 'T' });
    }
  });

  test('who is mentioned, that it was passed on and that it may be seen once goes with any kind', () => {
    const contextInfo = {
      mentionedJid: ['628111000003:2@s.whatsapp.net', '100000000000004@lid', 'nobody', ''],
      isForwarded: true,
      forwardingScore: 7,
    };
    const said = {
      mentions: ['628111000003@c.us', '100000000000004@lid'],
      forwarded: true,
      forwardingScore: 7,
    };
    expect(contentOf({ extendedTextMessage: { text: 'hi', contextInfo } })).toEqual({
      type: 'text',
      text: 'hi',
      ...said,
    });
    const imageMessage = { caption: 'look', contextInfo };
    const wrapped = { ephemeralMessage: { message: { viewOnceMessageV2: { message: { imageMessage } } } } };
    expect(contentOf(wrapped)).toEqual({ type: 'image', caption: 'look', ...said, viewOnce: true });
    expect(contentOf({ audioMessage: { viewOnce: true } })).toEqual({ type: 'audio', viewOnce: true });
    expect(
      contentOf({ locationMessage: { degreesLatitude: 1, contextInfo: { nonJidMentions: 1 } } }),
    ).toEqual({
      type: 'location',
      latitude: 1,
      mentionsAll: true,
    });
  });

  test('a wrapping for disappearing or view-once messages is looked through', () => {
    const message = { conversation: 'soon gone' };
    expect(contentOf({ ephemeralMessage: { message } })).toEqual({ type: 'text', text: 'soon gone' });
    expect(
      contentOf({ viewOnceMessageV2: { message: { imageMessage: { mimetype: 'image/png' } } } }),
    ).toMatchObject({
      type: 'image',
    });
  });

  test('how long a message lasts is told, since when, and what sets it for the chat', () => {
    const contextInfo = { expiration: 86_400, ephemeralSettingTimestamp: 1_600_000_000 };
    const since = new Date(1_600_000_000_000);
    expect(heard({ extendedTextMessage: { text: 'soon gone', contextInfo } })[0]).toMatchObject({
      content: { type: 'text', text: 'soon gone' },
      expiration: { seconds: 86_400, since },
    });
    const set = { type: kinds.EPHEMERAL_SETTING, ephemeralExpiration: 604_800 };
    expect(heard({ ephemeralMessage: { message: { protocolMessage: set } } })[0]).toMatchObject({
      content: { type: 'expiration-set' },
      expiration: { seconds: 604_800, since: new Date(1_700_000_000_000) },
    });
    const off = { type: kinds.EPHEMERAL_SETTING, ephemeralExpiration: 0 };
    expect(heard({ protocolMessage: off })[0]?.expiration?.seconds).toBe(0);
  });

  test('a timer nobody can set, one from the future and one a member claims are not believed', () => {
    const text = 'x';
    const longest = { contextInfo: { expiration: 4_294_967_295 } };
    expect(heard({ extendedTextMessage: { text, ...longest } })[0]).not.toHaveProperty('expiration');
    const type = kinds.EPHEMERAL_SETTING;
    expect(heard({ protocolMessage: { type, ephemeralExpiration: 4_294_967_295 } })).toEqual([]);
    const later = { contextInfo: { expiration: 60, ephemeralSettingTimestamp: 9_999_999_999 } };
    const sent = new Date(1_700_000_000_000);
    expect(heard({ extendedTextMessage: { text, ...later } })[0]?.expiration?.since).toEqual(sent);
    const group = { from: '120363000000000001@g.us', participant: '628111000002@s.whatsapp.net' };
    expect(heard({ protocolMessage: { type, ephemeralExpiration: 60 } }, group)).toEqual([]);
  });

  test('a kind we have no shape for is told by its name', () => {
    const unknown = { type: 'unknown', kind: 'stickerPackMessage', raw: expect.any(String) };
    expect(contentOf({ stickerPackMessage: { name: 'Buns' } })).toEqual(unknown);
  });

  test('business between devices is nobody’s message', () => {
    expect(heard({ senderKeyDistributionMessage: { groupId: 'g' } })).toEqual([]);
    expect(heard({ conversation: 'spoofed' }, { category: 'peer' })).toEqual([]);
  });
});

describe('who and where', () => {
  test('a direct chat is told by both of its names', () => {
    const [message] = heard({ conversation: 'hi' }, { from: '628111000002:3@s.whatsapp.net' });
    expect(message).toMatchObject({
      id: 'ABC',
      chat: '628111000002@c.us',
      chatAlias: '100000000000002@lid',
      sender: { phone: '628111000002@c.us', lid: '100000000000002@lid', name: 'Bob' },
      fromMe: false,
      timestamp: new Date(1_700_000_000_000),
      late: false,
    });
  });

  test('a chat by linked identity keeps the number as its other name', () => {
    const attrs = { from: '100000000000002:3@lid', sender_pn: '628111000002@s.whatsapp.net' };
    expect(heard({ conversation: 'hi' }, attrs)[0]).toMatchObject({
      chat: '100000000000002@lid',
      chatAlias: '628111000002@c.us',
      sender: { phone: '628111000002@c.us' },
    });
  });

  test('a copy from our own phone is ours, in the chat it was written to', () => {
    const deviceSentMessage = {
      destinationJid: '628111000002@s.whatsapp.net',
      message: { conversation: 'mine' },
    };
    const attrs = { from: '628111000001@s.whatsapp.net', recipient: '628111000002@s.whatsapp.net' };
    const [message] = heard({ deviceSentMessage }, attrs);
    expect(message).toMatchObject({ chat: '628111000002@c.us', fromMe: true, content: { text: 'mine' } });
    expect(message?.sender).toEqual({ phone: '628111000001@c.us', lid: '100000000000001@lid' });
  });

  test('in a group the author is told, not the group', () => {
    const attrs = {
      from: '120363000000000001@g.us',
      participant: '100000000000002:3@lid',
      participant_pn: '628111000002@s.whatsapp.net',
      addressing_mode: 'lid',
    };
    const [message] = heard({ conversation: 'all' }, attrs);
    expect(message).toMatchObject({
      chat: '120363000000000001@g.us',
      sender: { phone: '628111000002@c.us', lid: '100000000000002@lid' },
    });
    expect(message).not.toHaveProperty('chatAlias');
  });

  test('what came by a broadcast list stands in the chat with its sender, as on the phone', () => {
    const attrs = {
      from: '1700000000@broadcast',
      participant: '100000000000002@lid',
      participant_pn: '628111000002@s.whatsapp.net',
    };
    expect(heard({ conversation: 'to all' }, attrs)[0]).toMatchObject({
      chat: '100000000000002@lid',
      chatAlias: '628111000002@c.us',
      sender: { phone: '628111000002@c.us', lid: '100000000000002@lid' },
    });
  });

  test('a story has an author with both addresses, and one of ours by linked identity is ours', () => {
    const attrs = { from: 'status@broadcast', participant: '100000000000002@lid' };
    const named = { ...attrs, participant_pn: '628111000002@s.whatsapp.net' };
    const [theirs] = heard({ conversation: 'a story' }, named);
    expect(theirs).toMatchObject({
      chat: 'status@broadcast',
      sender: { phone: '628111000002@c.us' },
      fromMe: false,
    });
    const [ours] = heard({ conversation: 'a story' }, { ...attrs, participant: '100000000000001@lid' });
    expect(ours).toMatchObject({ fromMe: true, sender: { phone: '628111000001@c.us' } });
  });

  test('of bytes that are no message the envelope is told; of business between devices nothing', () => {
    const attrs = { id: 'ABC', t: '1700000000', notify: 'Bob', ...bob };
    const plaintext = Buffer.from([0xff, 0xff, 0xff, 0xff, 1]);
    expect(() => fromWire({ attrs, plaintext }, self)).toThrow();
    expect(fromUnreadable({ attrs }, self)).toMatchObject({
      id: 'ABC',
      chat: '628111000002@c.us',
      sender: { name: 'Bob' },
      content: { type: 'unsupported', code: 'UNREADABLE', reason: expect.any(String) },
    });
    expect(fromUnreadable({ attrs: { ...attrs, category: 'peer' } }, self)).toBeUndefined();
  });

  test('what waited on the network is late', () => {
    expect(heard({ conversation: 'hi' }, { offline: '0' })[0]?.late).toBe(true);
  });

  test('a message that the phone hands over again is believed from the phone and nobody else', () => {
    const info = proto.WebMessageInfo.encode({
      key: { remoteJid: '628111000002@s.whatsapp.net', id: 'LOST', fromMe: false },
      message: { conversation: 'at last' },
      messageTimestamp: 1_700_000_000,
      pushName: 'Bob',
    }).finish();
    const protocolMessage = {
      type: kinds.PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE,
      peerDataOperationRequestResponseMessage: {
        peerDataOperationResult: [{ placeholderMessageResendResponse: { webMessageInfoBytes: info } }],
      },
    };
    const ours = { from: '628111000001@s.whatsapp.net', category: 'peer' };
    expect(heard({ protocolMessage }, ours)[0]).toMatchObject({
      id: 'LOST',
      chat: '628111000002@c.us',
      content: { text: 'at last' },
    });
    expect(heard({ protocolMessage }, { category: 'peer' })).toEqual([]);
  });
});
