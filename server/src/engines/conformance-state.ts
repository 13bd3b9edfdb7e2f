import { expect } from 'vitest';
import { until } from '../../test/until.ts';
import type { Profile } from './conformance-kit.ts';
import type { Stage } from './conformance-stage.ts';
import type { EngineMessageId, StateChange, StatePower } from './port.ts';

/** What an engine promises that can set something for a whole account. */
export const stateDeeds: Record<string, (stage: Stage) => Promise<void>> = {
  async 'what is set here is set on the phone, with the time at which it was set'(stage) {
    const { profile, ownNumber } = await stage.pairedProfile();
    const { phone, chat } = await stage.person();
    const own = stage.network.phone(ownNumber);
    const id = (await phone.sends(ownNumber, 'hello')) as EngineMessageId;
    const [message] = await until('a message', () => profile.received.length > 0 && profile.received);
    const newest = [{ id, fromMe: false, at: message?.timestamp ?? new Date() }];
    const at = new Date(Date.now() - 5000);
    const end = new Date(Date.now() + 3_600_000);
    const set = async (change: StateChange) => stateOf(profile).change(change, newest);
    const shown = async () => (await own.state()).chats.find((one) => one.chat === phone.number);
    await until('the key', async () => {
      const isSet = set({ kind: 'muted', chat, muted: true, until: end, at });
      return isSet.then(() => true).catch(() => false);
    });
    await set({ kind: 'pinned', chat, pinned: true, at });
    await set({ kind: 'archived', chat, archived: true, at });
    await set({ kind: 'read', chat, read: false, at });
    await set({ kind: 'starred', chat, id, fromMe: false, starred: true, at });
    await set({ kind: 'label', label: '7', name: 'New order', color: 3, at });
    await set({ kind: 'labelled', chat, label: '7', labelled: true, at });
    await set({ kind: 'contact', person: { phone: chat }, name: 'Bob Baker', at });
    expect(await shown()).toMatchObject({
      ...{ archived: true, pinnedAt: at.getTime(), mutedUntil: end.getTime() },
      ...{ markedUnread: true, unread: 1 },
    });
    expect(await own.state()).toMatchObject({
      contacts: [{ contact: phone.number, name: 'Bob Baker' }],
      labels: [{ id: '7', name: 'New order', color: 3, chats: [phone.number] }],
      starred: [{ chat: phone.number, id }],
    });
    const later = new Date();
    await set({ kind: 'muted', chat, muted: true, at: later });
    await set({ kind: 'read', chat, read: true, at: later });
    expect(await shown()).toMatchObject({ mutedUntil: -1, markedUnread: false, unread: 0 });
    await set({ kind: 'muted', chat, muted: false, at: later });
    await set({ kind: 'labelled', chat, label: '7', labelled: false, at: later });
    await set({ kind: 'cleared', chat, at: later });
    expect(await own.messages(phone.number)).toEqual([]);
    // Saved again after it was taken out: what is set must still add up.
    for (const name of [null, 'Bob', null]) {
      await set({ kind: 'contact', person: { phone: chat }, name, at: later });
    }
    await set({ kind: 'deleted', chat, at: later });
    const { contacts, distrusted } = await own.state();
    expect({ contacts, distrusted }).toEqual({ contacts: [], distrusted: 0 });
    expect(await shown()).toMatchObject({ archived: false, pinnedAt: null, mutedUntil: null });
    expect(profile.states.filter(({ kind }) => kind !== 'contact')).toEqual([]);
  },
  async 'what the phone sets is told, what it had set before the link too'(stage) {
    const { network } = stage;
    const [own, profile] = [network.phone(stage.nextNumber()), await stage.newProfile()];
    const { phone, chat } = await stage.person();
    await own.named('Bakery');
    const until1 = Date.UTC(2030, 0);
    await own.sets({ change: 'mute', chat: phone.number, until: until1 });
    await own.sets({ change: 'contact', contact: phone.number, name: 'Bob Baker' });
    await own.sets({ change: 'archive', chat: phone.number, archived: true });
    // Phones hand over what it all adds up to, and what they set after that.
    await own.uploadsState();
    await own.sets({ change: 'contact', contact: phone.number, name: null });
    await profile.pair(network, own.number);
    const told = (of: object) => until(JSON.stringify(of), () => find(profile.states, of));
    await told({ kind: 'muted', chat, muted: true, until: new Date(until1) });
    await told({ kind: 'archived', chat, archived: true });
    await told({ kind: 'contact', name: null });
    await stateOf(profile).change({ kind: 'muted', chat, muted: false, at: new Date() });
    expect((await own.state()).distrusted).toBe(0);
    profile.states.splice(0);
    const before = Date.now();
    const id = await phone.sends(own.number, 'hello');
    const group = await network.group(own.number, 'Ours', [phone.number]);
    const changes: [object, object][] = [
      [
        { change: 'archive', chat: group, archived: true },
        { kind: 'archived', archived: true },
      ],
      [
        { change: 'archive', chat: group, archived: false },
        { kind: 'archived', archived: false },
      ],
      [
        { change: 'pin', pinned: true },
        { kind: 'pinned', chat, pinned: true },
      ],
      [
        { change: 'mute', until: -1 },
        { kind: 'muted', chat, muted: true },
      ],
      [
        { change: 'mute', until: null },
        { kind: 'muted', chat, muted: false },
      ],
      [
        { change: 'mark-read', read: false },
        { kind: 'read', chat, read: false },
      ],
      [
        { change: 'star', id, starred: true },
        { kind: 'starred', chat, id, fromMe: false, starred: true },
      ],
      [
        { change: 'label', id: '3', name: 'Paid', color: 5 },
        { kind: 'label', label: '3', name: 'Paid' },
      ],
      [
        { change: 'label-chat', id: '3', labeled: true },
        { kind: 'labelled', chat, label: '3', labelled: true },
      ],
      [
        { change: 'contact', contact: phone.number, name: 'Bob' },
        { kind: 'contact', name: 'Bob' },
      ],
      [
        { change: 'delete-for-me', id },
        { kind: 'removed', chat, id },
      ],
      [{ change: 'clear' }, { kind: 'cleared', chat }],
      [{ change: 'delete-chat' }, { kind: 'deleted', chat }],
      [
        { change: 'delete-label', id: '3' },
        { kind: 'label', label: '3', name: null },
      ],
    ];
    for (const [change, expected] of changes) {
      const isOfChat = !['label', 'delete-label', 'contact'].includes((change as { change: string }).change);
      await own.sets({ ...(isOfChat && { chat: phone.number }), ...(change as { change: string }) });
      const { at } = await told(expected);
      expect(at.getTime()).toBeGreaterThanOrEqual(before);
    }
  },
  async 'what was set while we were away is told, and what could not be stored is told again'(stage) {
    const { profile, ownNumber } = await stage.pairedProfile();
    const { phone, chat } = await stage.person();
    const own = stage.network.phone(ownNumber);
    await own.sets({ change: 'pin', chat: phone.number, pinned: true });
    await until('the pin', () => find(profile.states, { kind: 'pinned', chat }));
    await profile.session.close();
    await own.sets({ change: 'mute', chat: phone.number, until: -1 });
    await own.sets({ change: 'clear', chat: phone.number });
    profile.beforeSetting = async () => {
      throw new Error('the process dies here');
    };
    await profile.connect();
    await profile.session.close();
    profile.beforeSetting = undefined;
    expect(profile.states).toHaveLength(1);
    await profile.connect();
    await until('the mute', () => find(profile.states, { kind: 'muted', chat, muted: true }));
    await until('the clearing', () => find(profile.states, { kind: 'cleared', chat }));
    expect(profile.states.filter(({ kind }) => kind === 'pinned')).toHaveLength(1);
  },
  async 'when the phone sets something meanwhile, both are set'(stage) {
    const { profile, ownNumber } = await stage.pairedProfile();
    const { phone, chat } = await stage.person();
    const own = stage.network.phone(ownNumber);
    await own.sets({ change: 'pin', chat: phone.number, pinned: true });
    await until('the pin', () => find(profile.states, { kind: 'pinned', chat }));
    const { change } = stateOf(profile);
    const onPhone = async () => {
      for (const pinned of [false, true, false])
        await own.sets({ change: 'pin', chat: phone.number, pinned });
    };
    const here = async () => {
      for (const archived of [true, false, true]) {
        await change({ kind: 'archived', chat, archived, at: new Date() });
      }
    };
    await Promise.all([onPhone(), here()]);
    await until('the last', () => find(profile.states, { kind: 'pinned', pinned: false }));
    const state = await own.state();
    expect(state.chats.find((one) => one.chat === phone.number)).toMatchObject({
      ...{ pinnedAt: null, archived: true },
    });
    expect(state.distrusted).toBe(0);
  },
  async 'what was read on the phone is told by its messages'(stage) {
    const { profile, ownNumber } = await stage.pairedProfile();
    const { phone, chat } = await stage.person();
    const id = await phone.sends(ownNumber, 'seen?');
    await until('a message', () => profile.received.length > 0);
    await stage.network.phone(ownNumber).read(phone.number);
    const read = await until('read', () => profile.receipts.find(({ own }) => own));
    expect(read).toMatchObject({ chat, ids: [id], status: 'read' });
  },
};

function stateOf({ session }: Profile): StatePower {
  if (!session.state) throw new Error('The engine can do "state", but its session leaves it out.');
  return session.state;
}

/** The first change that says all of this. */
function find(changes: readonly StateChange[], said: object): StateChange | undefined {
  const isSame = (value: unknown, other: unknown) => JSON.stringify(value) === JSON.stringify(other);
  return changes.find((change) =>
    Object.entries(said).every(([name, value]) => isSame(change[name as keyof StateChange], value)),
  );
}
