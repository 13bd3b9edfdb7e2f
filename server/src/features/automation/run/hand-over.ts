import { chatKind, storedChat } from '../../../platform/chat-id.ts';
import { type Clock, hourMs, later } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { handlingChanged } from '../automation.events.ts';
import { type ChatStore, isWithPerson } from './chats.store.ts';
import type { Known } from './known.ts';
import { endedEvents } from './outcome.ts';
import type { RunStore } from './runs.store.ts';
import { tokensMaxIn } from './speech.ts';
import { dayIn, zoneDefault } from './zone.ts';

/** Nothing automatic is said for so long after a person last wrote. */
export const hoursDefault = 12;

interface Chat {
  organizationId: string;
  profileId: string;
  chat: string;
}

/** Who answers in a chat: people or automations. */
export function createHandOver(deps: {
  clock: Clock;
  events: EventRecorder;
  chats: Pick<ChatStore, 'hand' | 'stateOf'>;
  runs: Pick<RunStore, 'cancelOf'>;
}) {
  const { clock, events, chats, runs } = deps;

  async function hand(
    tx: Tx,
    of: Chat,
    to: { handling: 'bot' | 'person'; hours: number; by: string | null; reason: string; exceptRun?: string },
  ): Promise<void> {
    const now = clock.now();
    const isPerson = to.handling === 'person';
    const until = isPerson ? later(now, to.hours * hourMs) : null;
    const values = { handling: to.handling, until, by: isPerson ? to.by : null, now };
    const more = { day: dayIn(now, zoneDefault), tokensMax: tokensMaxIn(of.chat) };
    const ended = isPerson
      ? await runs.cancelOf(tx, { profileId: of.profileId, chats: [of.chat] }, 'A person took over.', now, {
          except: to.exceptRun ?? null,
        })
      : [];
    const before = await chats.hand(tx, of, { ...values, ...more });
    await events.recordAll(tx, endedEvents(ended, now));
    if (isWithPerson(before, now) === isPerson) return;
    await events.record(tx, handlingChanged, {
      ...{ organizationId: of.organizationId, profileId: of.profileId },
      body: {
        ...{ profileId: of.profileId, chatId: of.chat, handling: to.handling, handledBy: values.by },
        ...{ until: until?.toISOString() ?? null, reason: to.reason, timestamp: now.toISOString() },
      },
    });
  }

  return {
    hand,

    /** Somebody closed a conversation that was a person's: they are done with it. */
    async closed(tx: Tx, event: RecordedEvent): Promise<void> {
      const profileId = String(event.profileId);
      const chat = String(event.body.chatId);
      if (!isWithPerson(await chats.stateOf(profileId, [chat], tx), clock.now())) return;
      const of = { organizationId: event.organizationId, profileId, chat };
      await hand(tx, of, { handling: 'bot', hours: 0, by: null, reason: 'The conversation was closed.' });
    },

    /** A person answered in a chat, here or on the phone: automations leave it to them. */
    async personWrote(tx: Tx, event: RecordedEvent, known: Known): Promise<void> {
      if (!isPersonWriting(event, known)) return;
      const chatId = String(event.body.chatId);
      const of = { organizationId: event.organizationId, profileId: String(event.profileId), chat: chatId };
      await hand(tx, of, { handling: 'person', hours: hoursDefault, by: null, reason: 'A person wrote.' });
    },
  };
}

export type HandOver = ReturnType<typeof createHandOver>;

/** Whether an event tells that a person wrote to somebody, and an automation minds. In groups people talk anyway. */
export function isPersonWriting(event: RecordedEvent, { automations }: Known): boolean {
  const { origin, source, chatId } = event.body as {
    origin?: { kind: string } | null;
    source?: string;
    chatId?: string;
  };
  const isPerson =
    (event.name === 'message.queued' && origin?.kind === 'user') ||
    (event.name === 'message.sent' && source === 'phone');
  if (!isPerson || !chatId || chatKind(storedChat(chatId)) !== 'user') return false;
  return automations.some(({ program }) => program.settings.pauseOnHumanReply !== false);
}

/** Whether an event tells that somebody closed a conversation. */
export function isClosing({ body }: RecordedEvent): boolean {
  const { changed, source, conversation } = body as {
    changed?: readonly string[];
    source?: string;
    conversation?: { status?: string };
  };
  return source !== 'time' && changed?.includes('status') === true && conversation?.status === 'closed';
}
