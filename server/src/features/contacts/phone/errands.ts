import { EngineBusy, EngineGone, EngineRefusal } from '../../../engines/port.ts';
import { type ChatId, storedChat } from '../../../platform/chat-id.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Log } from '../../../platform/log.ts';
import type { NodeQuestions } from '../../../platform/node-questions.ts';
import type { Live } from '../../profiles/index.ts';
import type { Looker } from '../looks/looker.ts';

/** Numbers that are asked about at once. */
export const numbersAtOnce = 50;

/** What only the node that has the connection of a profile can do, with what each takes and answers as JSON. */
interface Errands {
  find: { takes: { phones: readonly string[] }; answers: (string | null)[] };
  block: { takes: { person: string; isBlocked: boolean }; answers: null };
  /** Looks at what a contact shows of themselves; otherwise sometime soon. */
  look: { takes: { contactId: string; isUrgent: boolean }; answers: null };
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

type Deeds = {
  [Key in Name]: (live: Live, takes: Errands[Key]['takes']) => Promise<Errands[Key]['answers']>;
};

const deeds: Omit<Deeds, 'look'> = {
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

const topic = 'contacts';

/** Has things done by whichever node holds the connection of a profile: here at once, or there by a question. */
export function createErrands(deps: {
  log: Log;
  questions: Pick<NodeQuestions, 'answers' | 'ask'>;
  live(profileId: string): Live | undefined;
  looker: Pick<Looker, 'now' | 'soon'>;
}) {
  const { log, questions, live, looker } = deps;
  const all: Deeds = {
    ...deeds,
    async look(connection, { contactId, isUrgent }) {
      if (isUrgent) await looker.now(connection, contactId);
      else looker.soon(connection, [contactId]);
      return null;
    },
  };

  async function outcomeOf(connection: Live, name: Name, takes: unknown): Promise<Outcome> {
    try {
      return { value: await all[name](connection, takes as never) };
    } catch (error) {
      if (error instanceof EngineRefusal) {
        return { error: 'refused', code: error.code, reason: error.message };
      }
      if (error instanceof EngineBusy) return { error: 'busy', reason: error.message };
      if (!(error instanceof EngineGone)) log.warn({ err: error, name }, 'an errand of a profile failed');
      return { error: 'gone', reason: error instanceof EngineGone ? error.message : 'It failed.' };
    }
  }

  async function askOthers(profileId: string, name: Name, takes: unknown): Promise<Outcome> {
    try {
      return (await questions.ask(topic, profileId, { name, takes })) as Outcome;
    } catch (error) {
      if (error instanceof Failure) return { error: 'gone', reason: error.message };
      throw error;
    }
  }

  questions.answers(topic, {
    has: (profileId) => live(profileId) !== undefined,
    async answer(profileId, question) {
      const { name, takes } = question as { name: Name; takes: unknown };
      const connection = live(profileId);
      if (!connection) return { error: 'gone', reason: 'The profile is not connected any more.' };
      return outcomeOf(connection, name, takes);
    },
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
