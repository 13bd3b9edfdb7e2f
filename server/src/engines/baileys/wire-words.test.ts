import { Boom } from '@hapi/boom';
import { expect, test } from 'vitest';
import { lidChat, phoneChat } from '../../platform/chat-id.ts';
import type { Cause, EngineMessageId } from '../port.ts';
import { refusal } from './acks.ts';
import { newMessageId, toChat, toDigits, toJid } from './ids.ts';
import { endedBecause } from './link.ts';
import { toReceipt } from './receipts.ts';
import { toWire } from './to-wire/to-wire.ts';

const self = { id: '628111000001:4@s.whatsapp.net', lid: '100000000000001:4@lid' };

test.for<[message: string, statusCode: number, opened: boolean, cause: Cause]>([
  ['Stream Errored (conflict)', 401, true, 'logged-out'],
  ['Connection Failure', 403, false, 'banned'],
  ['Connection Failure', 405, false, 'outdated'],
  ['QR refs attempts ended', 408, false, 'scan-expired'],
  ['Connection was lost', 408, true, 'connection-lost'],
  ['Opening handshake has timed out', 408, false, 'never-answered'],
  ['WebSocket Error (connect ECONNREFUSED 127.0.0.1:1)', 408, false, 'never-answered'],
  ['Multi-device beta not joined', 411, true, 'not-linkable'],
  ['Connection Terminated', 428, true, 'connection-lost'],
  ['Stream Errored (conflict)', 440, true, 'replaced'],
  ['Stream Errored (bad session)', 500, true, 'stream-broken'],
  ['Connection Failure', 500, false, 'session-damaged'],
  ['Connection Failure', 400, false, 'session-damaged'],
  ['Stream Errored (unknown)', 503, true, 'unavailable'],
  ['Stream Errored (restart required)', 515, true, 'restart-asked'],
  ['noise certificate signature invalid', 400, false, 'not-whatsapp'],
  ['certification match failed', 400, false, 'not-whatsapp'],
])('%s (%i) is told as its cause, with a sentence', ([message, statusCode, opened, cause]) => {
  const ended = endedBecause(new Boom(message, { statusCode }), opened);
  expect(ended).toMatchObject({ cause, code: statusCode, reason: expect.stringMatching(/^[A-Z].+\.$/) });
});

test('a bar with an end says when to come back', () => {
  const error = new Boom('Connection Failure', { statusCode: 402, data: { reason: '402', expire: '3600' } });
  expect(endedBecause(error, false)).toMatchObject({ cause: 'banned', retryAfterMs: 3_600_000 });
});

test('an unknown code of a refusal still makes a sentence', () => {
  expect(refusal(463).message).toMatch(/new chats/);
  expect(refusal(999)).toMatchObject({ code: 999, message: expect.stringContaining('999') });
});

test('addresses cross over and back, without devices', () => {
  expect(toJid(phoneChat('628111000002'))).toBe('628111000002@s.whatsapp.net');
  expect(toJid(lidChat('100000000000002'))).toBe('100000000000002@lid');
  expect(toChat('628111000002:7@s.whatsapp.net')).toBe('628111000002@c.us');
  expect(toChat('100000000000002:7@lid')).toBe('100000000000002@lid');
  expect(toChat('120363000000000001@g.us')).toBe('120363000000000001@g.us');
  expect(toChat('status@broadcast')).toBe('status@broadcast');
  expect(toChat('s.whatsapp.net')).toBeUndefined();
  expect(toDigits('+62 811-1000-002')).toBe('628111000002');
});

test('message ids look like those of WhatsApp Web and never repeat', () => {
  const ids = new Set(Array.from({ length: 1000 }, () => newMessageId()));
  expect(ids.size).toBe(1000);
  expect([...ids].every((id) => /^3EB0[0-9A-F]{18}$/.test(id))).toBe(true);
});

test('the same message always gives the same content, with its quote', () => {
  const chat = phoneChat('628111000002');
  const quoted = { id: 'Q' as EngineMessageId, chat, sender: 'me' as const, text: 'before' };
  const make = () =>
    toWire({ type: 'text', text: 'after', quoted }, { chat, self: '628111000001@s.whatsapp.net' });
  expect(make()).toEqual(make());
  expect(make().extendedTextMessage?.contextInfo).toMatchObject({
    stanzaId: 'Q',
    participant: '628111000001@s.whatsapp.net',
    quotedMessage: { conversation: 'before' },
  });
});

test('receipts tell delivered, read and played; bookkeeping and our own devices tell nothing', () => {
  const attrs = { from: '628111000002@s.whatsapp.net', id: 'A', t: '1700000000' };
  const list = [{ tag: 'list', attrs: {}, content: [{ tag: 'item', attrs: { id: 'B' } }] }];
  const said = (more: Record<string, string>, content?: typeof list) =>
    toReceipt({ tag: 'receipt', attrs: { ...attrs, ...more }, ...(content ? { content } : {}) }, self);
  expect(said({})).toMatchObject({ chat: '628111000002@c.us', ids: ['A'], status: 'delivered' });
  expect(said({ type: 'read' }, list)).toMatchObject({ ids: ['A', 'B'], status: 'read' });
  expect(said({ type: 'played' })).toMatchObject({ status: 'played' });
  const group = { from: '120363000000000001@g.us', participant: '100000000000002@lid' };
  expect(said({ ...group, type: 'read' })).toMatchObject({ by: '100000000000002@lid' });
  expect(said({ type: 'retry' })).toBeUndefined();
  expect(said({ type: 'sender', recipient: '628111000003@s.whatsapp.net' })).toBeUndefined();
  expect(said({ from: '628111000001@s.whatsapp.net', type: 'read' })).toBeUndefined();
});
