import type { Tx } from '../../platform/db/transaction.ts';
import { isTimeZone, shownIn } from '../../platform/time-zone.ts';
import { senderFacts } from './facts.store.ts';
import { rulesOfCampaign, rulesOfProfile } from './merge-rules.ts';
import { coldLimitOn, type SendingRules } from './rules.ts';
import type { CampaignPolicyFields } from './sending-policy.schema.ts';

const dayMs = 86_400_000;
const daysMax = 3_650;

/** What the policy leaves of the days of a campaign, for an estimate. */
export interface Outlook {
  /** Hours of a day in which it may send. */
  openHours: number;
  /** The days that so many strangers take. */
  coldDays(strangers: number): number;
}

/** Reads what an estimate needs to know of the policy of a campaign; undefined when its profile is gone. */
export async function outlookOf(
  tx: Tx,
  campaign: { profile_id: string; settings: { policy?: CampaignPolicyFields } },
  now: Date,
): Promise<Outlook | undefined> {
  const row = await senderFacts(tx, campaign.profile_id, { now, since: now });
  if (!row) return undefined;
  const rules = rulesOfCampaign(rulesOfProfile(row.rules), campaign.settings.policy);
  const zone = row.zone && isTimeZone(row.zone) ? row.zone : 'UTC';
  const today = shownIn(now, zone).slice(0, 10);
  return {
    openHours: openHoursOf(rules),
    coldDays(strangers) {
      let left = strangers;
      for (let days = 0; days < daysMax; days++) {
        const day = new Date(Date.parse(today) + days * dayMs).toISOString().slice(0, 10);
        const { limit } = coldLimitOn(day, rules, row.daily_message_limit);
        if (limit === null) return days + 1;
        left -= Math.max(0, limit - (days === 0 ? (row.cold[today] ?? 0) : 0));
        if (left <= 0) return days + 1;
      }
      return daysMax;
    },
  };
}

function openHoursOf({ hours }: SendingRules): number {
  if (!hours || hours.from === hours.to) return 24;
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const length = minutes(hours.to) - minutes(hours.from);
  return (length > 0 ? length : length + 1_440) / 60;
}
