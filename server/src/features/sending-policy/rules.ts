import type { Hours } from './hours.ts';

/** How many strangers a number may write to while it is new. */
interface WarmUp {
  /** The first day, by the calendar of the organisation, as `2026-02-05`. */
  startedOn: string;
  startPerDay: number;
  rampDays: number;
  growth: 'linear' | 'doubling';
}

/** What a campaign or a profile holds itself to. Off is null or false. */
export interface SendingRules {
  /** Who must not be sent marketing is left out. Who wants nothing at all always is. */
  optOuts: boolean;
  /** Only who has agreed. */
  consent: boolean;
  groups: boolean;
  /** Numbers that are known not to be on WhatsApp are left out. */
  numberCheck: boolean;
  hours: Hours | null;
  /** Of marketing, to one person, from all profiles of the organisation. */
  marketingPerDay: number | null;
  /** The same within seven days. */
  marketingPerWeek: number | null;
  /** What happens to whom the two would be too much for. */
  overCap: 'defer' | 'skip';
  /** The same text is not sent again to a person within so many hours. */
  sameTextHours: number | null;
  /** Who wrote within so many hours is no stranger. */
  serviceWindowHours: number;
  /** Strangers a day. */
  coldDailyLimit: number | null;
  warmUp: WarmUp | null;
  /** Origins of other messages that keep to these rules. */
  also: ('api' | 'schedule' | 'automation')[];
  /** Pauses by itself when too many refuse. */
  trouble: boolean;
}

/** Of campaigns that say nothing else. */
export const campaignRules: SendingRules = {
  ...{ optOuts: true, consent: false, groups: false, numberCheck: true, hours: null },
  ...{ marketingPerDay: null, marketingPerWeek: null, overCap: 'defer', sameTextHours: null },
  ...{ serviceWindowHours: 24, coldDailyLimit: null, warmUp: null, also: [], trouble: true },
};

const dayMs = 86_400_000;
/** Of a profile without any limit, what a warm-up leads to. */
const warmUpGoal = 250;

/** How many strangers may be written to on a day (`2026-02-05`); null for any number. */
export function coldLimitOn(
  day: string,
  { coldDailyLimit, warmUp }: Pick<SendingRules, 'coldDailyLimit' | 'warmUp'>,
  dailyLimit: number | null,
): { limit: number | null; isWarmUp: boolean } {
  const days = warmUp ? Math.round((Date.parse(day) - Date.parse(warmUp.startedOn)) / dayMs) : 0;
  if (!warmUp || days >= warmUp.rampDays) return { limit: coldDailyLimit, isWarmUp: false };
  const goal = Math.max(coldDailyLimit ?? dailyLimit ?? warmUpGoal, warmUp.startPerDay);
  const passed = Math.max(days, 0);
  const grown =
    warmUp.growth === 'doubling'
      ? warmUp.startPerDay * 2 ** Math.min(passed, 40)
      : warmUp.startPerDay + ((goal - warmUp.startPerDay) * passed) / warmUp.rampDays;
  const limit = Math.floor(Math.min(grown, goal));
  return coldDailyLimit !== null && coldDailyLimit <= limit
    ? { limit: coldDailyLimit, isWarmUp: false }
    : { limit, isWarmUp: true };
}
