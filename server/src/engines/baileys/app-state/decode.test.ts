import { randomBytes } from 'node:crypto';
import { encodeSyncdPatch, isMissingKeyError, type LTHashState, newLTHashState, type proto } from 'baileys';
import { expect, test } from 'vitest';
import { phoneChat } from '../../../platform/chat-id.ts';
import { systemClock } from '../../../platform/clock.ts';
import type { StateChange } from '../../port.ts';
import { type KeyOf, readPatch, readSnapshot } from './decode.ts';
import { fromMutation } from './from-mutation.ts';
import { toMutation } from './to-mutation.ts';

const keyId = Buffer.from('a key').toString('base64');
const key = { keyData: randomBytes(32), timestamp: 1 };
const keyOf: KeyOf = async (id) => (id === keyId ? key : undefined);
const chat = phoneChat('628111000002');
const at = new Date('2026-01-02T03:04:05.678Z');
const now = systemClock.now();

async function patchesOf(changes: StateChange[]) {
  let state: LTHashState = newLTHashState();
  const patches: proto.ISyncdPatch[] = [];
  for (const change of changes) {
    const create = toMutation(change, []);
    const made = await encodeSyncdPatch({ ...create, type: 'regular_low' }, keyId, state, keyOf);
    state = made.state;
    patches.push({ ...made.patch, version: { version: state.version } });
  }
  return { state, patches };
}

const changes: StateChange[] = [
  { kind: 'archived', chat, archived: true, at },
  { kind: 'pinned', chat, pinned: true, at },
  { kind: 'muted', chat, muted: true, until: new Date(Date.UTC(2030, 0)), at },
  { kind: 'contact', person: { phone: chat }, name: 'Bob Baker', firstName: 'Bob', at },
  { kind: 'labelled', chat, label: '3', labelled: true, at },
];

test('what is written is read as it was meant, patch by patch or as a whole state', async () => {
  const { state, patches } = await patchesOf(changes);
  let read: LTHashState = newLTHashState();
  const told: unknown[] = [];
  for (const patch of patches) {
    const step = await readPatch('regular_low', read, patch, keyOf);
    expect(step.isTrusted).toBe(true);
    read = step.state;
    told.push(...step.mutations.map((mutation) => fromMutation(mutation, now)));
  }
  expect(told).toEqual(changes);
  const records = patches.flatMap(({ mutations }) => (mutations ?? []).map(({ record }) => record ?? {}));
  const whole = await readSnapshot({ version: { version: 5 }, records }, keyOf);
  expect(whole.mutations.map((mutation) => fromMutation(mutation, now))).toEqual(changes);
  expect(whole.state.hash).toEqual(state.hash);
  expect(whole.state.version).toBe(5);
});

test('a forged patch changes nothing and is not trusted; a missing key is told as such', async () => {
  const { patches } = await patchesOf(changes.slice(0, 1));
  const [patch = {}] = patches;
  const forged = { ...patch, patchMac: randomBytes(32) };
  const step = await readPatch('regular_low', newLTHashState(), forged, keyOf);
  expect(step).toMatchObject({ mutations: [], isTrusted: false });
  const blind = readPatch('regular_low', newLTHashState(), patch, async () => undefined);
  expect(isMissingKeyError(await blind.catch((error: unknown) => error))).toBe(true);
});

test('an index without sense says nothing; what is taken out undoes settings, but no deeds', () => {
  const value = { archiveChatAction: { archived: true }, timestamp: at.getTime() };
  for (const index of [
    null,
    5,
    {},
    [],
    ['archive'],
    ['archive', 'nobody'],
    ['__proto__', `${chat}`],
    [['archive']],
  ]) {
    expect(fromMutation({ index, value, isRemoved: false }, now)).toBeUndefined();
  }
  const jid = '628111000002@s.whatsapp.net';
  const out = (index: string[]) => fromMutation({ index, value, isRemoved: true }, now);
  expect(out(['archive', jid])).toEqual({ kind: 'archived', chat, archived: false, at });
  expect(out(['contact', jid])).toEqual({ kind: 'contact', person: { phone: chat }, name: null, at });
  for (const deed of ['clearChat', 'deleteChat', 'markChatAsRead']) expect(out([deed, jid])).toBeUndefined();
  expect(out(['deleteMessageForMe', jid, 'ID', '0', '0'])).toBeUndefined();
});
