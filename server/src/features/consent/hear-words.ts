import { type ChatId, storedChat } from '../../platform/chat-id.ts';
import { type Clock, dayMs, later } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../platform/events/define.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import type { EventReader } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import type { Messages } from '../messages/index.ts';
import { contactOptedIn, contactOptedOut, eventOf } from './consent.events.ts';
import type { Identities } from './identity.ts';
import type { OptOutRow, OptOutStore, WordsRow } from './opt-outs.store.ts';
import { plainWord, type Wish, wishOf } from './words.ts';

/** A message that may be nothing but such a word. */
interface Said {
  event: RecordedEvent;
  profileId: string;
  chat: ChatId;
  lid: ChatId | null;
  messageId: string;
  text: string;
}

interface Heard extends Said {
  wish: Wish;
  /** What to tell who said it; null for nothing. */
  confirmation: string | null;
}

const confirmationRestMs = dayMs;

/** Under load one look at the words serves the messages of so long: nobody's wish is a quarter of a second too late. */
const restMs = 250;
const knownMax = 10_000;

/**
 * Whether a message says nothing but that its sender wants to be written to no more: then nothing else answers it. For other
 * readers of arrivals. The words of a profile are asked for once in a while, not with each message: those that another node
 * was just told count a quarter of a second later.
 */
export function createAsksToStop(store: Pick<OptOutStore, 'wordsOf'>) {
  const known = new Map<string, { words: WordsRow | undefined; readAtMs: number }>();

  async function wordsOf(tx: Tx, profileId: string): Promise<WordsRow | undefined> {
    const kept = known.get(profileId);
    if (kept && performance.now() - kept.readAtMs < restMs) return kept.words;
    const readAtMs = performance.now();
    const words = (await store.wordsOf([profileId], tx)).get(profileId);
    if (known.size >= knownMax) known.clear();
    known.set(profileId, { words, readAtMs });
    return words;
  }

  return {
    async asksToStop(tx: Tx, event: RecordedEvent): Promise<boolean> {
      const said = saidIn(event);
      if (!said) return false;
      const wish = wishOf(said.text, await wordsOf(tx, said.profileId))?.wish;
      return wish === 'stop' || wish === 'stop-all';
    },
    /** The words of a profile were changed here. */
    changed: (profileId: string) => void known.delete(profileId),
  };
}

/**
 * Hears who wants to be written to no more, or again. It reads behind the arrivals, which cost nothing more for it: most
 * batches have no message as short as such a word, and are passed over without a statement.
 */
export function createWordReader(deps: {
  clock: Clock;
  log: Log;
  store: OptOutStore;
  identities: Identities;
  events: Pick<EventRecorder, 'record'>;
  messages: Pick<Messages, 'deliver'>;
}): EventReader {
  const { clock, log, store, identities } = deps;

  async function heardIn(events: readonly RecordedEvent[], tx?: Tx): Promise<Heard[]> {
    const said = events.map(saidIn).filter((one) => one !== undefined);
    if (said.length === 0) return [];
    const words = await store.wordsOf([...new Set(said.map(({ profileId }) => profileId))], tx);
    return said.flatMap((one) => {
      const own = words.get(one.profileId);
      const found = wishOf(one.text, own);
      if (!found) return [];
      const confirmation = own?.confirms === false ? null : (own?.confirmation ?? found.confirms);
      return [{ ...one, wish: found.wish, confirmation }];
    });
  }

  async function optIn(tx: Tx, { event, chat, lid }: Heard): Promise<void> {
    const names = [chat, ...(lid ? [lid] : [])].flatMap(identities.namesOf);
    for (const row of await store.revoke(tx, event.organizationId, names, clock.now())) {
      await deps.events.record(tx, contactOptedIn, eventOf(row));
    }
  }

  async function optOut(tx: Tx, { event, ...said }: Heard): Promise<void> {
    const [row] = await store.note(tx, [
      {
        ...{ organizationId: event.organizationId, profileId: said.profileId, chat: said.chat },
        ...{ scope: said.wish === 'stop' ? 'marketing' : 'all', source: 'keyword' },
        ...{ messageId: said.messageId, at: clock.now() },
      },
    ]);
    if (!row) return;
    await deps.events.record(tx, contactOptedOut, eventOf(row));
    const since = later(clock.now(), -confirmationRestMs);
    const isNews = event.occurredAt > since;
    if (!isNews || said.confirmation === null) return;
    if (await store.confirm(tx, row.id, clock.now(), since))
      await tell(tx, row, said.chat, said.confirmation);
  }

  /** In the transaction that noted it: told once, whatever happens. */
  async function tell(tx: Tx, row: OptOutRow, to: ChatId, text: string): Promise<void> {
    const body = { profileId: String(row.profile_id), to, text, linkPreview: false };
    try {
      const tenancy = { organizationId: row.organization_id };
      await deps.messages.deliver(tx, tenancy, { type: 'text', body, origin: { kind: 'opt-out', id: null } });
    } catch (error) {
      // It was refused before anything was written, as of a profile that is being deleted: the opt-out counts all the same.
      if (!(error instanceof Failure) || error.status >= 500) throw error;
      log.info({ err: error, optOutId: row.id }, 'an opt-out could not be confirmed');
    }
  }

  return {
    name: 'consent.words',
    restMs,
    concerns: async (events) => (await heardIn(events)).length > 0,
    async read(events, tx) {
      for (const heard of await heardIn(events, tx)) {
        await (heard.wish === 'start' ? optIn(tx, heard) : optOut(tx, heard));
      }
    },
  };
}

/** Of a person to a profile, and no longer than such a word. */
function saidIn(event: RecordedEvent): Said | undefined {
  if (event.name !== 'message.received' || event.profileId === null) return undefined;
  const { message, conversation } = event.body as Record<string, Record<string, unknown> | undefined>;
  if (!message || conversation?.type !== 'user' || message.direction !== 'incoming') return undefined;
  if (message.type !== 'text' && message.type !== 'choice') return undefined;
  const { text } = (message.content ?? {}) as Record<string, unknown>;
  if (typeof text !== 'string' || plainWord(text) === '') return undefined;
  return {
    ...{ event, profileId: event.profileId, chat: storedChat(String(conversation.chatId)) },
    lid: typeof conversation.lidJid === 'string' ? storedChat(conversation.lidJid) : null,
    ...{ messageId: String(message.id), text },
  };
}
