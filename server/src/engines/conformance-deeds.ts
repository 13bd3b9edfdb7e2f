import { expect } from 'vitest';
import { until } from '../../test/until.ts';
import { phoneChat, storedChat } from '../platform/chat-id.ts';
import { groupDeeds } from './conformance-groups.ts';
import { blockDeeds, numberDeeds, peopleDeeds } from './conformance-people.ts';
import { samples } from './conformance-samples.ts';
import type { Stage } from './conformance-stage.ts';
import { stateDeeds } from './conformance-state.ts';
import { type Deed, FileDamaged, FileGone, type Powers } from './port.ts';

type Promises = Record<string, (stage: Stage) => Promise<void>>;

/** What each deed promises, by the name of the test. An engine that can't do it says why in `Engine.can`. */
export const deeds: Record<Deed, Promises> = {
  // No engine can so far: what is promised is written with the first that does.
  'live-updates': {},

  numbers: numberDeeds,

  blocks: blockDeeds,

  people: peopleDeeds,

  'pairing-code': {
    async 'a code typed on the phone links too'({ network, newProfile, nextNumber }) {
      const profile = await newProfile();
      const ownNumber = nextNumber();
      await network.phone(ownNumber).named('Bakery');
      profile.open({ pairingPhone: `+${ownNumber}` });
      const { code, expiresAt } = await profile.reaches('waiting-for-code');
      expect(expiresAt.getTime()).toBeGreaterThan(Date.now());
      await network.phone(ownNumber).enterCode(code);
      await profile.reaches('ended');
      await profile.connect();
      expect(profile.links.at(-1)).toMatchObject({ as: phoneChat(ownNumber) });
    },
    async 'a code that nobody typed leaves no half-made login'({ network, engine, newProfile, nextNumber }) {
      const profile = await newProfile();
      profile.open({ pairingPhone: nextNumber() });
      await profile.reaches('waiting-for-code');
      await network.restart();
      await profile.reaches('ended');
      expect(await engine.isPaired(profile.id)).toBe(false);
      profile.open();
      await profile.reaches('waiting-for-scan');
    },
  },

  logout: {
    async 'logging out unlinks the device at the phone'(stage) {
      const { profile, ownNumber } = await stage.pairedProfile();
      await of(profile.session, 'logout').call(profile.session);
      expect(profile.links.at(-1)).toMatchObject({ is: 'ended', cause: 'logged-out' });
      expect(await stage.network.phone(ownNumber).devices()).toEqual([]);
    },
  },

  reaction: {
    async 'a reaction shows on either side’s message, is replaced by the next, and taken back'(stage) {
      const { profile, ownNumber } = await stage.pairedProfile();
      const { phone, chat } = await stage.person();
      const mine = await profile.send(chat, 'Ready');
      const theirs = await phone.sends(ownNumber, 'Thanks');
      await until('a message', () => profile.received.length > 0);
      const targets = [
        { id: mine, sender: 'me' },
        { id: profile.received[0]?.id ?? (theirs as never), sender: chat },
      ] as const;
      const reactionsOf = async (id: string) =>
        (await phone.messages()).find((one) => one.id === id)?.content.reactions;
      for (const target of targets) {
        for (const emoji of ['🥐', '👍', '']) {
          await profile.sends(chat, { type: 'reaction', target, emoji, at: new Date() });
          const shown = emoji ? [{ from: ownNumber, text: emoji }] : undefined;
          if (shown) expect(await reactionsOf(target.id)).toMatchObject(shown);
          else expect(await reactionsOf(target.id)).toBeUndefined();
        }
      }
    },
    async 'in a group it finds the message of another member'(stage) {
      const { profile, ownNumber } = await stage.pairedProfile();
      const { phone } = await stage.person();
      const group = await stage.network.group(phone.number, 'Bakers', [ownNumber]);
      const id = await phone.sends(group, 'Who is in?');
      const [message] = await until('a message', () => profile.received.length > 0 && profile.received);
      const sender = message?.sender.phone ?? message?.sender.lid ?? ('' as never);
      const target = { id: message?.id ?? ('' as never), sender };
      await profile.sends(storedChat(group), { type: 'reaction', target, emoji: '🙋', at: new Date() });
      const shown = (await phone.messages(group)).find((one) => one.id === id);
      expect(shown?.content.reactions).toMatchObject([{ from: ownNumber, text: '🙋' }]);
    },
  },

  pinned: {
    async 'a message is pinned for everybody, and the pin is taken off'(stage) {
      const { profile, ownNumber } = await stage.pairedProfile();
      const { phone, chat } = await stage.person();
      const id = await profile.send(chat, 'Opening hours');
      const target = { id, sender: 'me' } as const;
      const at = new Date();
      await profile.sends(chat, { type: 'pinned', target, seconds: 86_400, at });
      const pinned = { by: ownNumber, until: at.getTime() + 86_400_000 };
      expect(await phone.messages(ownNumber)).toMatchObject([{ id, content: { pinned } }]);
      await profile.sends(chat, { type: 'pinned', target, seconds: 0, at: new Date() });
      expect((await phone.messages(ownNumber))[0]?.content.pinned).toBeUndefined();
    },
  },

  kept: {
    async 'a message that disappears is kept for everybody, and let go again'(stage) {
      const { profile, ownNumber } = await stage.pairedProfile();
      const { phone, chat } = await stage.person();
      const text = { type: 'text', text: 'The door code', expiration: { seconds: 86_400 } } as const;
      const id = await profile.sends(chat, text);
      const target = { id, sender: 'me' } as const;
      await profile.sends(chat, { type: 'kept', target, kept: true, at: new Date() });
      expect(await phone.messages(ownNumber)).toMatchObject([{ id, content: { kept: { by: ownNumber } } }]);
      await profile.sends(chat, { type: 'kept', target, kept: false, at: new Date() });
      expect((await phone.messages(ownNumber))[0]?.content.kept).toBeUndefined();
    },
  },

  edited: {
    async 'a text says what it was changed to, and names whom it mentions'(stage) {
      const { profile, ownNumber } = await stage.pairedProfile();
      const { phone, chat } = await stage.person();
      const id = await profile.send(chat, 'Ready at 5');
      const text = `Ready at 6 @${phone.number}`;
      const content = { type: 'text', text, mentions: [chat] } as const;
      const target = { id, sender: 'me' } as const;
      await profile.sends(chat, {
        type: 'edited',
        target,
        content: { ...content, mentions: [chat] },
        at: new Date(),
      });
      expect(await phone.messages(ownNumber)).toMatchObject([
        { id, text, content: { edited: true, mentions: [phone.number] } },
      ]);
    },
  },

  revoked: {
    async 'a message of ours is taken back, and one of another by an admin of the group'(stage) {
      const { profile, ownNumber } = await stage.pairedProfile();
      const { phone, chat } = await stage.person();
      const target = { id: await profile.send(chat, 'oops'), sender: 'me' } as const;
      await profile.sends(chat, { type: 'revoked', target, at: new Date() });
      expect(await phone.messages(ownNumber)).toMatchObject([{ id: target.id, type: 'revoked' }]);
      const group = await stage.network.group(ownNumber, 'Ours', [phone.number]);
      const rude = await phone.sends(group, 'something rude');
      const [message] = await until('a message', () => profile.received.length > 0 && profile.received);
      const sender = message?.sender.phone ?? message?.sender.lid ?? ('' as never);
      const theirs = { id: message?.id ?? ('' as never), sender };
      await profile.sends(storedChat(group), { type: 'revoked', target: theirs, at: new Date() });
      const shown = (await phone.messages(group)).find((one) => one.id === rude);
      expect(shown).toMatchObject({ type: 'revoked', text: '' });
    },
  },

  presence: {
    async 'that we write or speak shows on the other phone, until it is over'(stage) {
      const { profile, ownNumber } = await stage.pairedProfile();
      const { phone, chat } = await stage.person();
      const presence = of(profile.session, 'presence');
      for (const [state, media] of [
        ['composing', 'text'],
        ['recording', 'audio'],
      ] as const) {
        await presence.show(chat, state);
        await until('it shows', async () => {
          const [typing] = await phone.typing();
          return typing?.from === ownNumber && typing.media === media;
        });
      }
      await presence.show(chat, 'paused');
      await until('it is over', async () => (await phone.typing()).length === 0);
    },
    async 'what a followed person does is told while we are online, and what we write ends that not'(stage) {
      const { profile, ownNumber } = await stage.pairedProfile();
      const { phone, chat } = await stage.person();
      const presence = of(profile.session, 'presence');
      const group = await stage.network.group(phone.number, 'Bakers', [ownNumber]);
      const told = (state: string, where = chat) =>
        until(`${state} is told`, () =>
          profile.presences.find((fact) => fact.chat === where && fact.state === state),
        );
      await presence.beOnline(true);
      await presence.follow(chat);
      await told('unavailable');
      await presence.show(chat, 'composing');
      await presence.show(chat, 'paused');
      await phone.shows('available');
      expect((await told('available')).who.phone).toBe(chat);
      for (const state of ['composing', 'recording', 'paused'] as const) {
        await phone.shows(state, ownNumber);
        await told(state);
      }
      profile.presences.splice(0);
      await phone.shows('unavailable');
      expect((await told('unavailable')).lastSeen).toBeInstanceOf(Date);
      await phone.shows('composing', group);
      const { who } = await told('composing', storedChat(group));
      expect(who.phone ?? who.lid).toBeTruthy();
      await presence.beOnline(false);
      await until('it is heard', async () => {
        const lines = await stage.network.ledger({ number: ownNumber });
        const own = lines.filter(
          ({ tag, type, direction }) =>
            tag === 'presence' && direction === 'in' && ['available', 'unavailable'].includes(type),
        );
        return own.at(-1)?.type === 'unavailable';
      });
      profile.presences.splice(0);
      await phone.shows('composing', ownNumber);
      await phone.sends(ownNumber, 'there');
      await until('a message', () => profile.received.length > 0);
      expect(profile.presences).toEqual([]);
    },
  },

  groups: {
    ...groupDeeds,
    async 'what we may do in a group is known, also when it changes'(stage) {
      const { profile, ownNumber } = await stage.pairedProfile();
      const { phone } = await stage.person();
      const groups = of(profile.session, 'groups');
      const address = await stage.network.group(phone.number, 'Bakers', [ownNumber]);
      const chat = storedChat(address);
      expect(await groups.standing(chat)).toEqual({ isAdmin: false, mayWrite: true, mayPin: true });
      await stage.network.changeGroup(address, { by: phone.number, announcement: true });
      await until('it is known', async () => (await groups.standing(chat))?.mayWrite === false);
      const theirs = await stage.network.group(phone.number, 'Others', [(await stage.person()).phone.number]);
      expect(await groups.standing(storedChat(theirs))).toBeUndefined();
      const ours = await stage.network.group(ownNumber, 'Ours', [phone.number]);
      expect(await groups.standing(storedChat(ours))).toEqual({
        isAdmin: true,
        mayWrite: true,
        mayPin: true,
      });
    },
    async 'a group we are in is known by its subject and its admins, another one is unknown'(stage) {
      const { profile, ownNumber } = await stage.pairedProfile();
      const [{ phone, chat }, other] = [await stage.person('Ana'), await stage.person('Bob')];
      const groups = of(profile.session, 'groups');
      const ours = storedChat(
        await stage.network.group(phone.number, 'Bakers', [ownNumber, other.phone.number]),
      );
      const theirs = storedChat(await stage.network.group(phone.number, 'Others', [other.phone.number]));
      expect(await groups.about(ours)).toMatchObject({ chat: ours, name: 'Bakers' });
      expect(await groups.admins(ours)).toMatchObject([{ phone: chat }]);
      expect(await groups.about(theirs)).toBeUndefined();
    },
  },

  receipts: {
    async 'marking as read shows on the sender’s phone'(stage) {
      const { profile, ownNumber } = await stage.pairedProfile();
      const { phone, chat } = await stage.person();
      const id = await phone.sends(ownNumber, 'seen?');
      await until('a message', () => profile.received.length > 0);
      await of(profile.session, 'receipts').markRead([
        { id: profile.received[0]?.id ?? (id as never), chat },
      ]);
      await until('read', async () => (await phone.messages(ownNumber))[0]?.status === 'read');
    },
  },

  answers: {
    async 'a vote is opened with the secret of its poll, ours and that of others, and with no other'(stage) {
      const { profile, ownNumber } = await stage.pairedProfile();
      const { phone, chat } = await stage.person();
      const { vote } = of(profile.session, 'answers');
      const mode = 'lid';
      const group = await stage.network.group(phone.number, 'Bakers', [ownNumber], mode);
      const poll = { ...samples.poll.sent, choicesMax: 2 };
      const votes = () => profile.received.filter(({ content }) => content.type === 'poll-vote');
      for (const where of [chat, storedChat(group)]) {
        const id = await profile.sends(where, poll);
        profile.received.splice(0);
        await phone.writes(where === chat ? ownNumber : group, { type: 'vote', id, options: ['Wheat'] });
        const [ours] = await until('a vote', () => votes().length > 0 && votes());
        const about = { id, ...poll };
        expect(ours?.content.targetId).toBe(id);
        expect(vote(String(ours?.content.sealed), about)).toEqual([1]);
        expect(vote(String(ours?.content.sealed), { ...about, options: ['Oat'] })).toBeUndefined();
        const wrong = Buffer.alloc(32, 8).toString('base64');
        expect(vote(String(ours?.content.sealed), { ...about, secret: wrong })).toBeUndefined();
      }
      for (const to of [ownNumber, group]) {
        profile.received.splice(0);
        const options = ['Rye', 'Oat', 'Wheat'];
        const id = await phone.writes(to, { type: 'poll', question: 'Which?', options, selectable: 0 });
        const [asked] = await until('a poll', () => profile.received.length > 0 && profile.received);
        await phone.writes(to, { type: 'vote', id, options: ['Wheat', 'Rye'] });
        const [theirs] = await until('a vote', () => votes().length > 0 && votes());
        const secret = String(asked?.content.secret);
        const about = { id: asked?.id ?? (id as never), secret, options };
        expect(vote(String(theirs?.content.sealed), about)).toEqual([0, 2]);
      }
    },
  },

  history: {
    async 'the past is told as late, the newest of a chat first, and older messages when asked for'(stage) {
      const { network } = stage;
      const [own, profile] = [stage.nextNumber(), await stage.newProfile()];
      const { phone, chat } = await stage.person();
      await network.phone(own).named('Bakery');
      const told = () => profile.past.flatMap(({ messages }) => messages.map(({ message }) => message));
      const remember = (ids: string[], timestamp: number) =>
        network
          .phone(own)
          .remembers(
            ids.map((id, n) => ({ chat: phone.number, id, text: id, timestamp: timestamp + n * 1000 })),
          );
      await remember(['second', 'third'], Date.UTC(2025, 1));
      await profile.pair(network, own);
      await until('all of the past', () => profile.past.some(({ percent }) => percent === 100));
      expect(told()).toMatchObject([
        { id: 'third', content: { type: 'text', text: 'third' }, late: true, fromMe: false },
        { id: 'second', timestamp: new Date(Date.UTC(2025, 1)) },
      ]);
      expect(profile.received).toEqual([]);
      await remember(['first'], Date.UTC(2025, 0));
      const than = { id: 'second' as never, fromMe: false, at: new Date(Date.UTC(2025, 1)) };
      const question = await of(profile.session, 'history').askOlder(chat, than, 10);
      await until('an answer', () => profile.past.some(({ answers }) => answers === question));
      expect(told().map(({ id }) => id)).toEqual(['third', 'second', 'first']);
    },
  },

  state: stateDeeds,

  files: {
    async 'a file that arrives is fetched byte for byte, also when the network has lost it meanwhile'(stage) {
      const { profile, ownNumber } = await stage.pairedProfile();
      const { phone } = await stage.person();
      const files = of(profile.session, 'files');
      const sent = Buffer.alloc(100_003, 'bread');
      const id = await phone.writes(ownNumber, {
        ...{ type: 'document', data: sent.toString('base64'), fileName: 'bread.bin' },
        mimetype: 'application/octet-stream',
      });
      const message = await until('a message', () => profile.received.find((one) => one.id === id));
      expect(message.file).toMatchObject({ bytes: sent.length, mimetype: 'application/octet-stream' });
      const reference = message.file?.reference ?? '';
      expect(await read(await files.fetch(reference))).toEqual(sent);
      await stage.network.loseFilesOf(phone.number);
      await expect(files.fetch(reference)).rejects.toBeInstanceOf(FileGone);
      expect(await read(await files.fetch(await files.askAgain(reference)))).toEqual(sent);
    },
    async 'bytes that are not what was sent never count as the file'(stage) {
      const { profile, ownNumber } = await stage.pairedProfile();
      const { phone } = await stage.person();
      const files = of(profile.session, 'files');
      const [one, other] = await Promise.all(
        ['rye', 'wheat'].map(async (text) => {
          const data = Buffer.alloc(1_000, text).toString('base64');
          const id = await phone.writes(ownNumber, { type: 'document', data, fileName: text });
          return until(text, () => profile.received.find((message) => message.id === id));
        }),
      );
      const references = [one, other].map((message) => JSON.parse(message?.file?.reference ?? '{}'));
      const swapped = JSON.stringify({ ...references[0], directPath: references[1].directPath });
      await expect(files.fetch(swapped).then(read)).rejects.toBeInstanceOf(FileDamaged);
    },
  },
};

/** The power of a session whose engine says that it has it. */
function of<Name extends keyof Powers>(session: Partial<Powers>, name: Name): Powers[Name] {
  const power = session[name];
  if (!power) throw new Error(`The engine can do "${name}", but its session leaves it out.`);
  return power as Powers[Name];
}

async function read(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
