import type { BroadcastSettings } from './broadcasts.tables.ts';

const daySeconds = 86_400;

/** What a campaign has before it. */
export interface Ahead {
  settings: Pick<BroadcastSettings, 'delayMin' | 'delayMax' | 'batchSize' | 'batchPause'>;
  /** The pace of its profile. */
  paceMs: number;
  jitterMs: number;
  messages: number;
  /** Messages of a day. */
  dailyLimit: number | null;
  /** Days that its strangers take under the limits for those. */
  coldDays: number;
  /** Hours of a day in which it may send. */
  openHours: number;
  /** Until it may send anything. */
  waitSeconds: number;
}

/**
 * How long a campaign takes at least and at most, in seconds, by its delays and rests, the pace of its profile, limits of a day
 * and hours in which it may send. What WhatsApp or people do meanwhile nobody knows.
 */
export function durationOf(ahead: Ahead): { min: number; max: number } {
  const { delayMin, delayMax, batchSize, batchPause } = ahead.settings;
  const gaps = Math.max(0, ahead.messages - 1);
  const restsMs = Math.floor(gaps / batchSize) * batchPause;
  const { dailyLimit: limit, openHours } = ahead;
  const nights = Math.max(limit ? Math.floor(gaps / limit) : 0, ahead.coldDays - 1, 0);
  const seconds = (eachMs: number) => {
    const active = (gaps * eachMs + restsMs) / 1_000;
    const openSeconds = Math.max(openHours, 1) * 3_600;
    const closed = openHours >= 24 ? 0 : Math.floor(active / openSeconds) * (daySeconds - openSeconds);
    return Math.round(
      ahead.waitSeconds + Math.max(active + closed, nights * daySeconds + (active % daySeconds)),
    );
  };
  const { paceMs, jitterMs } = ahead;
  return { min: seconds(Math.max(delayMin, paceMs)), max: seconds(Math.max(delayMax, paceMs + jitterMs)) };
}
