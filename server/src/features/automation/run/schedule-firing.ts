import { createHash } from 'node:crypto';
import { type ChatId, chatKind, parseChatId } from '../../../platform/chat-id.ts';
import { type Clock, later, minuteMs } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { contactsAfter, segmentFor } from '../../contacts/index.ts';
import { audienceOf, nextFiring } from '../triggers/schedule.ts';
import type { Due } from './dues.store.ts';
import type { Gate } from './gate.ts';
import type { Known, Ready } from './known.ts';
import type { Look } from './look.ts';

/** So many people are written to at once, and the next after a while: what people ask meanwhile is answered in between. */
const pageMax = 20;
const restMs = 30_000;
const pausedMs = 15 * minuteMs;

/** The policy of campaigns: whether, and if not now when, somebody may be written to. */
export type JudgeSchedule = (
  tx: Tx,
  campaign: {
    organization_id: string;
    profile_id: string;
    settings: { category?: string; policy?: { groups?: boolean } };
    content?: unknown;
  },
  recipients: readonly { chat: ChatId }[],
  now: Date,
) => Promise<
  readonly ({ is: 'send' | 'skip' } | { is: 'defer'; until: Date } | { is: 'pause'; until?: Date })[]
>;

/** How far a firing has come. */
interface Progress {
  firingAt: string;
  after?: string;
}

/** When, and where, it goes on; undefined when never. */
type Next = { dueAt: Date; state: Progress } | undefined;

/** Does a part of a firing of a schedule: of each firing everybody has one run, whatever crashes. */
export type ScheduleFiring = (tx: Tx, due: Due, ready: Ready, of: Known) => Promise<Next>;

export function createScheduleFiring(deps: {
  clock: Clock;
  look: Look;
  gate: Gate;
  judge: JudgeSchedule;
  countryOf(of: { organizationId: string; profileId: string }, tx: Tx): Promise<string>;
}): ScheduleFiring {
  const { clock } = deps;

  /** The next of the audience, with what comes after each of them. */
  async function page(
    tx: Tx,
    due: Due,
    config: Ready['program']['triggers'][number]['config'],
    after: string | undefined,
  ): Promise<{ chat: ChatId | undefined; after: string }[]> {
    const { to, tags, segmentId } = audienceOf(config) ?? {};
    if (to) {
      const country = await deps.countryOf(due, tx);
      const from = Number(after ?? 0);
      return to.slice(from, from + pageMax).map((address, index) => ({
        ...{ chat: readChat(address, country), after: String(from + index + 1) },
      }));
    }
    const segment = segmentId && (await segmentFor(tx, due, segmentId));
    if (segmentId !== undefined && !segment) return [];
    const wanted = { profileId: due.profileId, ...(tags && { tags }), ...(segment && { segment }) };
    const people = await contactsAfter(tx, wanted, after, pageMax);
    return people.map(({ id, chat }) => ({ chat, after: id }));
  }

  return async (tx, due, ready, of) => {
    const now = clock.now();
    const trigger = ready.program.triggers.find(({ type }) => type === 'schedule');
    if (!trigger || trigger.start === null) return undefined;
    const { config } = trigger;
    const state = due.state as Progress;
    const next = nextFiring(config, now, of.timeZone);
    const atNext: Next = next && { dueAt: next, state: { firingAt: next.toISOString() } };
    const people = await page(tx, due, config, state.after);
    if (people.length === 0) return atNext;
    const campaign = {
      ...{ organization_id: due.organizationId, profile_id: due.profileId },
      settings: { category: typeof config.category === 'string' ? config.category : 'marketing' },
      content: { automation: due.automationId, firingAt: state.firingAt },
    };
    const known = people.flatMap(({ chat }) => (chat ? [{ chat }] : []));
    const verdicts = [...(await deps.judge(tx, campaign, known, now))];
    let after = state.after;
    for (const { chat, after: behind } of people) {
      const verdict = (chat && verdicts.shift()) ?? { is: 'skip' as const };
      const held = (until: Date): Next => ({
        dueAt: until,
        state: { firingAt: state.firingAt, ...(after && { after }) },
      });
      if (verdict.is === 'pause') return held(verdict.until ?? later(now, pausedMs));
      if (chat && verdict.is !== 'skip') {
        const wakeAt = verdict.is === 'defer' ? verdict.until : now;
        const came = await startFor(tx, due, ready, of, { chat, firingAt: state.firingAt, wakeAt });
        if (came === 'full') return held(later(now, minuteMs));
      }
      after = behind;
    }
    return { dueAt: later(now, restMs), state: { firingAt: state.firingAt, ...(after && { after }) } };
  };

  async function startFor(
    tx: Tx,
    due: Due,
    ready: Ready,
    of: Known,
    { chat, firingAt, wakeAt }: { chat: ChatId; firingAt: string; wakeAt: Date },
  ) {
    const trigger = ready.program.triggers.find(({ type }) => type === 'schedule');
    const isGroup = chatKind(chat) === 'group';
    const arrival = {
      ...{ messageId: '', waMessageId: '', conversationId: '', senderName: null, text: '', type: 'text' },
      ...{ senderJid: isGroup ? null : chat, hasMedia: false, isGroup, timestamp: firingAt },
    };
    const originEvent = firingId(due.automationId, firingAt);
    const asked = await deps.look(tx, { ...due, chat, who: chat, originEvent, arrival, of });
    if (!asked || !trigger) return 'held';
    const base = { ...asked.base, wakeAt };
    return deps.gate(tx, ready, { trigger, details: { note: 'By its time.' } }, { ...asked, base });
  }
}

/** The same for everybody of a firing, and another for each firing. */
function firingId(automationId: string, firingAt: string): string {
  const hex = createHash('sha256').update(`${automationId} ${firingAt}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function readChat(address: string, country: string): ChatId | undefined {
  try {
    return parseChatId(address, country);
  } catch (error) {
    // An address that is none is nobody.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
