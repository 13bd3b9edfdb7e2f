import type { Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { ContactDeeds } from '../../contacts/index.ts';
import { type Messages, typesWithFile } from '../../messages/index.ts';
import type { Source } from '../../templates/index.ts';
import type { Effect } from '../actions/action.ts';
import type { RunRow } from '../automation.tables.ts';
import type { Arrival } from '../match/facts.ts';
import type { DoBeside } from './beside.ts';
import type { GiveTo } from './give-to.ts';
import type { HandOver } from './hand-over.ts';
import { sentenceOf } from './interpret.ts';
import type { Resolve } from './resolve.ts';
import type { Speech } from './speech.ts';
import type { StartOther } from './start-other.ts';

/** The run is to end here. */
export class Silenced extends Error {}
/** A file has to be fetched before the transaction. */
export class NeedsFile extends Error {
  readonly effect: Effect & { do: 'send' };
  constructor(effect: Effect & { do: 'send' }) {
    super('a file is to be fetched');
    this.effect = effect;
  }
}

/** What stands ready for a step: the content of the message whose file was fetched, or why it was not. */
export type Prepared = { type: string; content: Record<string, unknown> } | { error: string };

/** How effects are done. */
interface How {
  prepared: Prepared | undefined;
  day: string;
  now: Date;
  /** For the variables in what is kept elsewhere, as templates. */
  sources: readonly Source[];
  /** Of the automation. */
  name: string;
}

/** So long after it was made an automatic answer is still sent: nobody wants one to yesterday's question. */
const validForSeconds = 600;

/** Does what steps come to, in the transaction that keeps the step. */
export function createPerform(deps: {
  messages: Pick<Messages, 'deliver' | 'prepare' | 'readSend'>;
  contacts: Pick<ContactDeeds, 'change'>;
  giveTo: GiveTo;
  handOver: Pick<HandOver, 'hand'>;
  speech: Pick<Speech, 'mayStay'>;
  resolve: Resolve;
  startOther: StartOther;
  beside: DoBeside;
}) {
  const { messages } = deps;

  /** The message of an effect; in a group it quotes what it answers. @throws Failure */
  function orderOf(run: RunRow, arrival: Arrival, { type, fields, citations }: Effect & { do: 'send' }) {
    const read = messages.readSend(type, fields);
    if ('problems' in read) throw new Failure('VALIDATION_ERROR', { details: read.problems });
    const quotes = arrival.isGroup && arrival.messageId !== '' && run.chat.endsWith('@g.us');
    const body = {
      ...{ ...read.fields, profileId: run.profile_id, to: run.chat },
      ...(quotes && { quotedMessageId: arrival.messageId }),
    };
    if (!citations) return { type, body, origin: { kind: 'automation', id: run.automation_id } };
    return { type, body, origin: { kind: 'ai', id: run.automation_id }, metadata: { citations } };
  }

  async function send(tx: Tx, run: RunRow, arrival: Arrival, effect: Effect & { do: 'send' }, how: How) {
    const { prepared } = how;
    const order = orderOf(run, arrival, effect);
    if (typesWithFile.includes(effect.type) && !prepared) throw new NeedsFile(effect);
    if (prepared && 'error' in prepared) throw new Failure('MEDIA_URL_FAILED', { says: prepared.error });
    const of = { profileId: run.profile_id, organizationId: run.organization_id, chat: run.chat };
    const why = await deps.speech.mayStay(tx, of, {
      ...{ text: JSON.stringify(effect.fields), ...how },
      ...{ heardAt: arrival.heardAt, afterOursMs: arrival.afterOursMs },
    });
    if (why) throw new Silenced(why);
    const sent = await messages.deliver(
      tx,
      { organizationId: run.organization_id },
      // What answers nobody, as a schedule, waits as long as any message.
      { ...order, ...prepared, ...(arrival.messageId !== '' && { validForSeconds }) },
    );
    return { messageId: sent.messageId, waMessageId: sent.waMessageId };
  }

  async function one(tx: Tx, run: RunRow, arrival: Arrival, effect: Effect, how: How) {
    const whose = { organizationId: run.organization_id, profileId: run.profile_id };
    switch (effect.do) {
      case 'send':
        return send(tx, run, arrival, effect, how);
      case 'template':
      case 'quick-reply':
        return send(tx, run, arrival, await deps.resolve(tx, run, effect, how.sources), how);
      case 'start':
        return { runId: await deps.startOther(tx, run, arrival, effect) };
      case 'tag':
      case 'contact': {
        const about = effect.do === 'tag' ? { addTags: effect.add, removeTags: effect.remove } : effect;
        await deps.contacts.change(tx, whose, arrival.senderJid ?? run.chat, about);
        return {};
      }
      case 'assign':
        return deps.giveTo(tx, run, effect);
      case 'react': {
        const of = { ...whose, chat: run.chat };
        const text = `${effect.emoji} ${arrival.messageId}`;
        const why = await deps.speech.mayStay(tx, of, { text, ...how });
        if (why) throw new Silenced(why);
        return deps.beside(tx, run, arrival, effect, how.name);
      }
      case 'note':
      case 'notify':
      case 'opt-out':
      case 'opt-in':
        return deps.beside(tx, run, arrival, effect, how.name);
      case 'hand-over':
        await deps.handOver.hand(
          tx,
          { ...whose, chat: run.chat },
          {
            ...{ handling: 'person', hours: effect.hours, by: effect.userId },
            ...{ reason: 'An automation handed it over.', exceptRun: run.id },
          },
        );
        return {};
    }
  }

  return {
    /**
     * Does the effects in order; what can't be done is answered as a sentence, and nothing behind it is done.
     * @throws Silenced, NeedsFile
     */
    async all(
      tx: Tx,
      run: RunRow,
      arrival: Arrival,
      effects: readonly Effect[],
      how: How,
    ): Promise<{ result: object } | { error: string }> {
      let result = {};
      for (const effect of effects) {
        try {
          result = { ...result, ...(await one(tx, run, arrival, effect, how)) };
        } catch (error) {
          if (error instanceof Failure) return { error: sentenceOf(error) };
          throw error;
        }
      }
      return { result };
    },

    /** Fetches the file of a message, outside of any transaction. */
    async prepare(run: RunRow, arrival: Arrival, effect: Effect & { do: 'send' }): Promise<Prepared> {
      try {
        const order = orderOf(run, arrival, effect);
        const { type, content } = await messages.prepare({ organizationId: run.organization_id }, order);
        return { type, content };
      } catch (error) {
        if (error instanceof Failure) return { error: sentenceOf(error) };
        throw error;
      }
    },
  };
}

export type Perform = ReturnType<typeof createPerform>;
