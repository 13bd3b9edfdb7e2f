import { createHash } from 'node:crypto';
import { type ChatId, chatKind, lidOf, phoneOf } from '../../platform/chat-id.ts';
import { dayMs, later } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { formsOf } from '../../platform/number-forms.ts';
import { isTimeZone, momentIn, shownIn } from '../../platform/time-zone.ts';
import type { Identities } from '../consent/index.ts';
import { restrictionsNow } from '../profiles/index.ts';
import { noteText, takeCold, takeMarketing } from './caps.store.ts';
import { type Asked, type RecipientRow, recipientFacts, type SenderRow, senderFacts } from './facts.store.ts';
import { judge, type Recipient, type Sender, type Verdict } from './judge.ts';
import { rulesOfCampaign, rulesOfProfile } from './merge-rules.ts';
import { zonesOfNumber } from './number-zones.ts';
import { coldLimitOn, type SendingRules } from './rules.ts';
import type { CampaignPolicyFields } from './sending-policy.schema.ts';
import { troubleIn } from './trouble.ts';

/** A campaign, as the policy needs it. */
interface Asking {
  organization_id: string;
  profile_id: string;
  settings: {
    category?: string;
    policy?: CampaignPolicyFields;
    /** A person has looked at the messages before and went on: they say nothing of how it goes. */
    lookedAt?: string;
  };
  /** What it says to everybody. */
  content?: unknown;
}

/** What is to happen with a recipient now, for whoever feeds. */
type Decision =
  | Exclude<Verdict, { is: 'pause' }>
  | { is: 'pause'; code: string; reason: string; until?: Date };

/** Of numbers that were checked, what is older is not believed. */
const checkedMs = 30 * dayMs;
/** Trouble of longer ago is over. */
const troubleMs = 7 * dayMs;
const hourMs = 3_600_000;

/**
 * Asks the policy about a page of recipients, in the transaction that makes their messages: two statements to read, and as
 * many to take places under caps as there are caps. What is taken there is taken if and only if they are sent.
 */
export function createDecide({ identities }: { identities: Identities }) {
  function askedOf(chat: ChatId, n: number): Asked {
    const phone = phoneOf(chat);
    return {
      ...{ n, chat, forms: phone ? formsOf(phone) : [], lid: lidOf(chat) ?? null },
      names: identities.namesOf(chat),
    };
  }

  return async (
    tx: Tx,
    campaign: Asking,
    asked: readonly { chat: ChatId }[],
    now: Date,
    /** Behind so many who may be sent it nobody is judged. */
    sendsMax?: number,
  ): Promise<Decision[]> => {
    const { organization_id: organizationId, profile_id: profileId } = campaign;
    const { category, policy, lookedAt } = campaign.settings;
    const since = new Date(Math.max(later(now, -troubleMs).getTime(), Date.parse(lookedAt ?? '') || 0));
    const row = await senderFacts(tx, profileId, { now, since });
    if (!row) return asked.map(() => ({ is: 'skip', code: 'BLOCKED' }));
    const rules = rulesOfCampaign(rulesOfProfile(row.rules), policy);
    const sender = senderOf(row, now);
    const textHash = rules.sameTextHours === null ? null : hashOf(campaign.content);
    const facts = await recipientFacts(
      tx,
      { organizationId, profileId },
      asked.map(({ chat }, n) => askedOf(chat, n)),
      {
        ...{ today: sender.today, textHash, checkedSince: later(now, -checkedMs) },
        wroteSince: later(now, -rules.serviceWindowHours * hourMs),
      },
    );
    const about = { category: category ?? null, rules };
    const verdicts: Verdict[] = [];
    let sends = 0;
    for (const [n, fact] of facts.entries()) {
      const verdict = judge(recipientOf(asked[n]?.chat as ChatId, fact, row), about, sender, now);
      verdicts.push(verdict);
      if (verdict.is === 'send') sends += 1;
      if (sends === sendsMax) break;
    }
    const recipients = asked.slice(0, verdicts.length);
    const taking = { organizationId, profileId, sender, rules, category: about.category };
    await takePlaces(tx, taking, recipients, verdicts);
    const sent = recipients.filter((_, n) => verdicts[n]?.is === 'send').map(({ chat }) => chat);
    if (textHash && sent.length > 0) await noteText(tx, organizationId, textHash, sent, now);
    return verdicts.map(told);
  };
}

/** Verdicts of those for whom no place is left become what the rule says. */
async function takePlaces(
  tx: Tx,
  of: {
    organizationId: string;
    profileId: string;
    sender: Sender;
    rules: SendingRules;
    category: string | null;
  },
  recipients: readonly { chat: ChatId }[],
  verdicts: Verdict[],
): Promise<void> {
  const { sender, rules } = of;
  const chatsOf = (wanted: (verdict: Verdict, chat: ChatId) => boolean) =>
    recipients.map(({ chat }) => chat).filter((chat, n) => wanted(verdicts[n] as Verdict, chat));
  const replace = (of: readonly string[], taken: ReadonlySet<string>, verdict: Verdict) => {
    for (const [n, { chat }] of recipients.entries()) {
      if (of.includes(chat) && !taken.has(chat)) verdicts[n] = verdict;
    }
  };
  const cold = chatsOf((verdict) => verdict.is === 'send' && verdict.lane === 'cold');
  if (cold.length > 0) {
    const { limit, isWarmUp } = coldLimitOn(sender.today, rules, sender.dailyLimit);
    const taken = await takeCold(tx, of.profileId, sender.today, limit, cold);
    const code = isWarmUp ? 'WARMUP' : 'COLD_LIMIT';
    replace(cold, taken, { is: 'defer', until: sender.midnight, code });
  }
  if (of.category !== 'marketing') return;
  const people = chatsOf((verdict, chat) => verdict.is === 'send' && chatKind(chat) === 'user');
  if (people.length === 0) return;
  const caps = { perDay: rules.marketingPerDay, perWeek: rules.marketingPerWeek };
  const taken = await takeMarketing(tx, of.organizationId, sender.today, caps, [...new Set(people)]);
  const code = 'FREQUENCY_CAP' as const;
  const over: Verdict =
    rules.overCap === 'skip' ? { is: 'skip', code } : { is: 'defer', until: sender.midnight, code };
  replace(people, taken, over);
}

function senderOf(row: SenderRow, now: Date): Sender {
  const zone = row.zone && isTimeZone(row.zone) ? row.zone : 'UTC';
  const today = shownIn(now, zone).slice(0, 10);
  const { newChats, newChatsCap } = restrictionsNow(row.restrictions, now);
  // That one person could not be reached says nothing of the account, unless it says so itself.
  const isTold = newChats && (newChats.until !== null || newChats.why !== null);
  return {
    ...{ zone, today, midnight: midnightAfter(today, zone, now) },
    stopped: ['logged_out', 'failed'].includes(row.status)
      ? (row.status_reason ?? 'The profile is logged out.')
      : null,
    ...{ dailyLimit: row.daily_message_limit, sentToday: row.sent_today, coldToday: row.cold[today] ?? 0 },
    lock: isTold
      ? {
          until: newChats.until ? new Date(newChats.until) : later(new Date(newChats.since), dayMs),
          why: newChats.why,
        }
      : null,
    chatCap: newChatsCap && { ...newChatsCap, at: new Date(newChatsCap.at) },
    trouble:
      troubleIn({
        ...{ decided: row.decided, refused: row.refused, sent: row.sent, delivered: row.delivered },
        optedOut: row.opted_out,
      }) ?? null,
  };
}

/** Always later than now, also where the clocks skip it. */
function midnightAfter(today: string, zone: string, now: Date): Date {
  const tomorrow = new Date(Date.parse(today) + dayMs).toISOString().slice(0, 10);
  const midnight = momentIn(`${tomorrow}T00:00`, zone);
  return midnight && midnight > now ? midnight : later(now, hourMs);
}

function recipientOf(chat: ChatId, fact: RecipientRow, sender: SenderRow): Recipient {
  const phone = phoneOf(chat);
  const zone = fact.time_zone && isTimeZone(fact.time_zone) ? fact.time_zone : undefined;
  const isSelf = (phone !== undefined && phone === sender.phone_number) || isOwnLid(chat, sender);
  return {
    ...{ kind: chatKind(chat) === 'user' ? 'user' : 'group', isSelf, isBlocked: fact.is_blocked },
    ...{ optedOut: fact.opted_out, hasConsent: fact.has_consent },
    ...{ isOnWhatsApp: fact.is_on_whatsapp ?? undefined, isCountedCold: fact.is_counted_cold },
    zones: zone ? [zone] : zonesOfNumber(phone ?? ''),
    ...{ marketingToday: fact.marketing_today, marketingThisWeek: fact.marketing_this_week },
    ...{ sameTextAt: fact.same_text_at, wroteAt: fact.wrote_at },
  };
}

const isOwnLid = (chat: ChatId, { lid }: SenderRow) => lid !== null && lidOf(chat) === lid;

const hashOf = (content: unknown): Buffer =>
  createHash('sha256')
    .update(JSON.stringify(content ?? null))
    .digest();

function told(verdict: Verdict): Decision {
  if (verdict.is !== 'pause') return verdict;
  const { code, until, says } = verdict;
  return { is: 'pause', code, reason: says, ...(until && { until }) };
}
