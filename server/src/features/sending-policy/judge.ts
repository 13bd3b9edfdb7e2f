import { later } from '../../platform/clock.ts';
import { openingIn } from './hours.ts';
import { coldLimitOn, type SendingRules } from './rules.ts';
import type { Trouble } from './trouble.ts';

/** What is known of somebody who is to be written to. */
export interface Recipient {
  kind: 'user' | 'group';
  isSelf: boolean;
  isBlocked: boolean;
  /** What they have asked not to be sent any more. */
  optedOut: 'marketing' | 'all' | null;
  hasConsent: boolean;
  /** Undefined: not asked yet. */
  isOnWhatsApp: boolean | undefined;
  /** Where they may be. */
  zones: readonly string[];
  /** Marketing that they were sent, today and in the last seven days with today. */
  marketingToday: number;
  marketingThisWeek: number;
  /** When they were last sent this text. */
  sameTextAt: Date | null;
  /** Their last message, as far as it is within the service window. */
  wroteAt: Date | null;
  /** They are one of the strangers of today already. */
  isCountedCold: boolean;
}

export interface Campaign {
  /** `marketing`, or another. */
  category: string | null;
  rules: SendingRules;
}

/** What is known of the profile that is to send. */
export interface Sender {
  /** Of the organisation. */
  zone: string;
  /** Of the organisation's calendar, as `2026-02-05`. */
  today: string;
  /** When that day ends. */
  midnight: Date;
  /** Why it can't send and will not by itself; null when it can. */
  stopped: string | null;
  dailyLimit: number | null;
  sentToday: number;
  /** People who were strangers and were written to today. */
  coldToday: number;
  /** The account may not write to new people, as WhatsApp itself says; null when it may. */
  lock: { until: Date | null; why: string | null } | null;
  /** How many new chats WhatsApp allows it in a while. */
  chatCap: { total: number; used: number; at: Date } | null;
  trouble: Trouble | null;
}

type SkipCode =
  | 'OWN_NUMBER'
  | 'BLOCKED'
  | 'GROUP_NOT_ASKED_FOR'
  | 'OPTED_OUT'
  | 'NO_CONSENT'
  | 'NOT_ON_WHATSAPP'
  | 'DUPLICATE'
  | 'FREQUENCY_CAP';
type DeferCode =
  | 'FREQUENCY_CAP'
  | 'QUIET_HOURS'
  | 'DAILY_LIMIT'
  | 'COLD_LIMIT'
  | 'WARMUP'
  | 'NEW_CHATS_CAPPED';
type PauseCode = 'PROFILE_STOPPED' | 'ACCOUNT_LOCKED' | 'TROUBLE_RATE';

/** What is to be done about one recipient at a moment. */
export type Verdict =
  | { is: 'send'; lane: 'service' | 'cold' }
  | { is: 'defer'; until: Date; code: DeferCode }
  | { is: 'skip'; code: SkipCode }
  /** The whole campaign. Without `until` a person goes on with it. `says` has the numbers, for people. */
  | { is: 'pause'; code: PauseCode; until?: Date; says: string };

const hourMs = 3_600_000;
/** WhatsApp does not say when new chats are counted anew; it is asked again by trying after this time. */
const chatCapRestMs = 24 * hourMs;

/** Whether, and if not now when, a campaign may write to somebody. The one place that decides it. */
export function judge(recipient: Recipient, campaign: Campaign, sender: Sender, now: Date): Verdict {
  const lane = laneOf(recipient, campaign.rules, now);
  const skip = skipped(recipient, campaign, now);
  if (skip) return { is: 'skip', code: skip };
  return (
    paused(campaign, sender, now) ?? deferred(recipient, campaign, sender, lane, now) ?? { is: 'send', lane }
  );
}

/** Who wrote lately, and a group, is no stranger. */
function laneOf(recipient: Recipient, { serviceWindowHours }: SendingRules, now: Date): 'service' | 'cold' {
  const { kind, wroteAt } = recipient;
  const isService = wroteAt !== null && later(wroteAt, serviceWindowHours * hourMs) > now;
  return kind === 'group' || isService ? 'service' : 'cold';
}

function skipped(recipient: Recipient, { category, rules }: Campaign, now: Date): SkipCode | undefined {
  const { kind, optedOut, sameTextAt } = recipient;
  if (recipient.isSelf) return 'OWN_NUMBER';
  if (recipient.isBlocked) return 'BLOCKED';
  if (kind === 'group' && !rules.groups) return 'GROUP_NOT_ASKED_FOR';
  if (optedOut === 'all') return 'OPTED_OUT';
  if (optedOut === 'marketing' && category === 'marketing' && rules.optOuts) return 'OPTED_OUT';
  if (rules.consent && !recipient.hasConsent && kind === 'user') return 'NO_CONSENT';
  if (rules.numberCheck && recipient.isOnWhatsApp === false) return 'NOT_ON_WHATSAPP';
  const isTooSoon =
    rules.sameTextHours !== null && sameTextAt && later(sameTextAt, rules.sameTextHours * hourMs) > now;
  if (isTooSoon) return 'DUPLICATE';
  return isOverCap(recipient, { category, rules }) && rules.overCap === 'skip' ? 'FREQUENCY_CAP' : undefined;
}

function isOverCap(recipient: Recipient, { category, rules }: Campaign): boolean {
  if (category !== 'marketing' || recipient.kind !== 'user') return false;
  const { marketingPerDay: perDay, marketingPerWeek: perWeek } = rules;
  const isFull = perDay !== null && recipient.marketingToday >= perDay;
  return isFull || (perWeek !== null && recipient.marketingThisWeek >= perWeek);
}

function paused({ rules }: Campaign, sender: Sender, now: Date): Verdict | undefined {
  const { stopped, lock, trouble } = sender;
  if (stopped !== null) return { is: 'pause', code: 'PROFILE_STOPPED', says: stopped };
  if (lock && (!lock.until || lock.until > now)) {
    const until = lock.until ? ` until ${lock.until.toISOString()}` : '';
    const why = lock.why ? ` (${lock.why})` : '';
    const says = `WhatsApp lets this account write to nobody new${until}${why}.`;
    return { is: 'pause', code: 'ACCOUNT_LOCKED', says, ...(lock.until && { until: lock.until }) };
  }
  if (rules.trouble && trouble) return { is: 'pause', code: 'TROUBLE_RATE', says: trouble.says };
  return undefined;
}

/** Until the last of everything that keeps it, and from then on to the next hour at which it may be sent. */
function deferred(
  recipient: Recipient,
  campaign: Campaign,
  sender: Sender,
  lane: 'service' | 'cold',
  now: Date,
): Verdict | undefined {
  const { rules } = campaign;
  const waits: { until: Date; code: DeferCode }[] = [];
  const untilMidnight = (code: DeferCode) => waits.push({ until: sender.midnight, code });
  if (isOverCap(recipient, campaign)) untilMidnight('FREQUENCY_CAP');
  if (sender.dailyLimit !== null && sender.sentToday >= sender.dailyLimit) untilMidnight('DAILY_LIMIT');
  if (lane === 'cold') {
    const { limit, isWarmUp } = coldLimitOn(sender.today, rules, sender.dailyLimit);
    const isFull = limit !== null && sender.coldToday >= limit && !recipient.isCountedCold;
    if (isFull) untilMidnight(isWarmUp ? 'WARMUP' : 'COLD_LIMIT');
    const { chatCap } = sender;
    const rested = chatCap && later(chatCap.at, chatCapRestMs);
    if (chatCap && rested && chatCap.used >= chatCap.total && rested > now) {
      waits.push({ until: rested, code: 'NEW_CHATS_CAPPED' });
    }
  }
  const last = waits.filter(({ until }) => until > now).toSorted((a, b) => +b.until - +a.until)[0];
  const from = last?.until ?? now;
  const hours = recipient.kind === 'user' ? rules.hours : null;
  const opens = hours ? openingIn(recipient.zones, hours, from, sender.zone) : from;
  if (opens > now) return { is: 'defer', until: opens, code: last?.code ?? 'QUIET_HOURS' };
  return undefined;
}
