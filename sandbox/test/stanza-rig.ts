import type { BinaryNode } from 'baileys';
import { expect } from 'vitest';
import { chanceFrom } from '../src/chance.ts';
import { Switchboard } from '../src/router/switchboard.ts';
import { encodeNode } from '../src/wire/node.ts';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { Mutator } from './mutations.ts';
import { RawClient } from './raw-client.ts';
import { until } from './until.ts';

export const [ANNA, BEN, VICTIM] = ['628750000001', '628750000002', '628750000003'];
const jid = (number: string): string => `${number}@s.whatsapp.net`;
const BATCH = 50;

/** A network, two clients who live on it, a third whose login is stolen, and what clients say. */
export interface Stage {
  readonly kit: TestSandbox;
  readonly anna: Client;
  readonly ben: Client;
  readonly victim: Client;
  /** Real stanzas of clients, one of each kind. */
  readonly recorded: Map<string, BinaryNode>;
}

/** What tells one kind of stanza from another. */
function kindOf({ tag, attrs, content }: BinaryNode): string {
  const inside = Array.isArray(content) ? content.map((each) => each.tag) : [];
  return [tag, attrs.type, attrs.xmlns, attrs.class, ...new Set(inside)].join(' ');
}

/** Lets clients do what clients do, while everything they say is written down. */
async function recordLife(kit: TestSandbox): Promise<Omit<Stage, 'kit' | 'victim'>> {
  const recorded = new Map<string, BinaryNode>();
  const take = Switchboard.prototype.take;
  Switchboard.prototype.take = function (connection, from, stanza) {
    if (!recorded.has(kindOf(stanza))) recorded.set(kindOf(stanza), structuredClone(stanza));
    take.call(this, connection, from, stanza);
  };
  const [anna, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
  const { live } = anna;
  const key = await anna.send(BEN, { text: 'hello' });
  const heard = await ben.heard('hello');
  await ben.live.readMessages([heard.key]);
  await anna.send(BEN, { text: 'hallo', edit: key });
  await anna.send(BEN, { react: { text: '👍', key } });
  await anna.send(BEN, { delete: key });
  await anna.send('status@broadcast', { text: 'seen by few' }).catch(() => undefined);
  const { id } = await live.groupCreate('Bakery', [jid(BEN)]);
  await anna.say(id, 'to all');
  await live.groupUpdateSubject(id, 'Bread');
  await live.groupUpdateDescription(id, 'fresh');
  await live.groupParticipantsUpdate(id, [jid(BEN)], 'promote');
  await live.groupSettingUpdate(id, 'announcement');
  await live.groupToggleEphemeral(id, 86_400);
  await live.groupInviteCode(id);
  await live.groupFetchAllParticipating();
  await live.presenceSubscribe(jid(BEN));
  await live.sendPresenceUpdate('composing', jid(BEN));
  await live.chatModify({ mute: Date.now() + 3_600_000 }, jid(BEN));
  await live.updateBlockStatus(jid(BEN), 'block');
  await live.updateBlockStatus(jid(BEN), 'unblock');
  await live.updateLastSeenPrivacy('contacts');
  await live.updateProfileStatus('baking');
  await live.updateDefaultDisappearingMode(86_400);
  await live.profilePictureUrl(jid(BEN)).catch(() => undefined);
  await live.onWhatsApp(BEN);
  await live.fetchStatus(jid(BEN));
  await live.getBusinessProfile(jid(BEN)).catch(() => undefined);
  await live.rotateSignedPreKey?.();
  await live.createCallLink('audio').catch(() => undefined);
  await ben.caughtUp();
  ben.keys.forget('session');
  await anna.say(BEN, 'again');
  await ben.heard('again');
  Switchboard.prototype.take = take;
  return { anna, ben, recorded };
}

/** A raw client in the place of the victim's, logged in anew whenever it was cut off. */
class Attacker {
  cuts = 0;
  #client: RawClient | undefined;
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async say(stanzas: BinaryNode[]): Promise<void> {
    const client = await this.#connected();
    for (const stanza of stanzas) client.sayBytes(encodeNode(stanza));
    // An answer comes when everything before it was handled.
    const id = `after-${stanzas.length}-${Date.now()}`;
    client.sayBytes(
      encodeNode({ tag: 'iq', attrs: { id, type: 'get', xmlns: 'w:p', to: '@s.whatsapp.net' } }),
    );
    await until('everything is handled', () => !client.isOpen || client.answerTo(id));
    client.heard.length = 0;
  }

  end(): void {
    this.#client?.end();
  }

  async #connected(): Promise<RawClient> {
    if (this.#client?.isOpen) return this.#client;
    if (this.#client) this.cuts += 1;
    this.#client = await RawClient.login(this.#stage.kit, this.#stage.victim.creds);
    return this.#client;
  }
}

/** What failed inside, but for stanzas that were cut off for their size. */
export const unexpected = ({ kit }: Stage): string[] =>
  kit.problems.filter(
    (problem) => !/stanza (has too many parts|is nested too deep)|frame is too large/.test(problem),
  );

async function lifeGoesOn({ kit, anna, ben }: Stage, text: string): Promise<void> {
  await anna.say(BEN, text);
  await ben.heard(text);
  expect((await kit.seen(BEN, ANNA)).some((message) => message.text === text)).toBe(true);
}

export async function openStage(): Promise<Stage> {
  const kit = await TestSandbox.start();
  const life = await recordLife(kit);
  const victim = await kit.linked(VICTIM);
  await victim.end();
  return { kit, victim, ...life };
}

/** Says as many mutants of each kind of stanza in the victim's name; nothing may break inside, and life goes on. */
export async function sayMutants(stage: Stage, ofEach: number): Promise<void> {
  const stock = [...stage.recorded.values()];
  const mutator = new Mutator(chanceFrom(75), stock);
  const attacker = new Attacker(stage);
  const mutants = stock.flatMap((stanza) => Array.from({ length: ofEach }, () => mutator.mutate(stanza)));
  for (let at = 0; at < mutants.length; at += BATCH) await attacker.say(mutants.slice(at, at + BATCH));
  attacker.end();
  expect(unexpected(stage)).toEqual([]);
  expect(attacker.cuts).toBeLessThan(mutants.length / 20);
  await lifeGoesOn(stage, 'after the mutants');
}
