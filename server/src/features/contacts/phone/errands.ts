import { randomUUID } from 'node:crypto';
import { EngineBusy, EngineGone, EngineRefusal } from '../../../engines/port.ts';
import { type ChatId, storedChat } from '../../../platform/chat-id.ts';
import type { Log } from '../../../platform/log.ts';
import type { NodeTalk } from '../../../platform/node-talk.ts';
import type { Live } from '../../profiles/index.ts';

/** How long another node may take. */
const answerMsMax = 10_000;
/** PostgreSQL carries at most 8,000 bytes. */
const wordsMax = 7_500;
/** Numbers that are asked about at once: their addresses fit into one answer. */
export const numbersAtOnce = 50;

/** What only the node that has the connection of a profile can do, with what each takes and answers as JSON. */
interface Errands {
  find: { takes: { phones: readonly string[] }; answers: (string | null)[] };
  block: { takes: { person: string; isBlocked: boolean }; answers: null };
  save: {
    takes: { person: string; name: string | null; firstName?: string; onPhone: boolean };
    answers: null;
  };
}
type Name = keyof Errands;

type Outcome =
  | { value: unknown }
  | { error: 'gone' | 'busy'; reason: string }
  | { error: 'refused'; code: number; reason: string };

const deeds: {
  [Key in Name]: (live: Live, takes: Errands[Key]['takes']) => Promise<Errands[Key]['answers']>;
} = {
  async find({ session }, { phones }) {
    if (!session.numbers) throw new EngineRefusal(501, 'The engine of this profile can’t look up numbers.');
    const addresses = await session.numbers.addressesOf(phones.map(storedChat));
    return addresses.map((address: ChatId | undefined) => address ?? null);
  },
  async block({ session }, { person, isBlocked }) {
    if (!session.blocks) throw new EngineRefusal(501, 'The engine of this profile can’t block people.');
    await session.blocks.set(storedChat(person), isBlocked);
    return null;
  },
  async save({ session }, { person, ...named }) {
    if (!session.state) throw new EngineRefusal(501, 'The engine of this profile has no address book.');
    await session.state.change({
      kind: 'contact',
      person: { phone: storedChat(person) },
      at: new Date(),
      ...named,
    });
    return null;
  },
};

/**
 * Has things done by whichever node holds the connection of a profile: here at once, or there by a word and its answer.
 * A word may be lost, so everything that is done this way may be done twice.
 */
export function createErrands(deps: {
  log: Log;
  talk: Pick<NodeTalk, 'tell' | 'hear'>;
  live(profileId: string): Live | undefined;
}) {
  const { log, talk, live } = deps;
  const waiting = new Map<string, (outcome: Outcome) => void>();

  async function outcomeOf(connection: Live, name: Name, takes: unknown): Promise<Outcome> {
    try {
      return { value: await deeds[name](connection, takes as never) };
    } catch (error) {
      if (error instanceof EngineRefusal) {
        return { error: 'refused', code: error.code, reason: error.message };
      }
      if (error instanceof EngineBusy) return { error: 'busy', reason: error.message };
      if (!(error instanceof EngineGone)) log.warn({ err: error, name }, 'an errand of a profile failed');
      return { error: 'gone', reason: error instanceof EngineGone ? error.message : 'It failed.' };
    }
  }

  function askOthers(profileId: string, name: Name, takes: unknown): Promise<Outcome> {
    const id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const timer = setTimeout(
      () => resolve({ error: 'gone', reason: 'The node that has this profile did not answer.' }),
      answerMsMax,
    );
    waiting.set(id, resolve);
    talk.tell('errand', packed([id, profileId, name, takes]));
    return promise.finally(() => {
      clearTimeout(timer);
      waiting.delete(id);
    });
  }

  talk.hear('errand', (words) => {
    const [id, profileId, name, takes] = unpacked(words) as [string, string, Name, unknown];
    const connection = live(profileId);
    if (!connection || !Object.hasOwn(deeds, name)) return;
    void outcomeOf(connection, name, takes).then((outcome) => talk.tell('done', packed([id, outcome])));
  });
  talk.hear('done', (words) => {
    const [id, outcome] = unpacked(words) as [string, Outcome];
    waiting.get(id)?.(outcome);
  });

  return {
    /** @throws EngineGone, EngineBusy, EngineRefusal */
    async run<Key extends Name>(
      profileId: string,
      name: Key,
      takes: Errands[Key]['takes'],
    ): Promise<Errands[Key]['answers']> {
      const connection = live(profileId);
      const outcome = connection
        ? await outcomeOf(connection, name, takes)
        : await askOthers(profileId, name, takes);
      if ('value' in outcome) return outcome.value as Errands[Key]['answers'];
      if (outcome.error === 'refused') throw new EngineRefusal(outcome.code, outcome.reason);
      throw outcome.error === 'busy' ? new EngineBusy(outcome.reason) : new EngineGone(outcome.reason);
    },
  };
}

export type ErrandRunner = ReturnType<typeof createErrands>;

function packed(value: unknown): string {
  const words = Buffer.from(JSON.stringify(value)).toString('base64url');
  if (words.length > wordsMax) throw new EngineGone('This is too much to ask another node.');
  return words;
}

const unpacked = (words: string): unknown[] =>
  JSON.parse(Buffer.from(words, 'base64url').toString()) as unknown[];
