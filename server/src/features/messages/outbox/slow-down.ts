import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, dayMs, later } from '../../../platform/clock.ts';
import type { Live, Pauses } from '../../profiles/index.ts';
import type { Pace } from './outbox.store.ts';

const firstMs = 30_000;
const longestMs = 30 * 60_000;
/** However far away the moment is that the network names, it is asked again after a day. */
const hintMsMax = dayMs;
/** How often a pause looks at the clock. */
const lookMs = 250;

/**
 * When a profile that WhatsApp asked to send less may go on. A pause is as long as WhatsApp says, else half a
 * minute, twice that the next time, until something is sent again. It is kept with the profile, so that neither a
 * new connection nor another node begins too early or from the shortest pause.
 */
export function createSlowDown(deps: { clock: Clock; pauses: Pauses }, live: Live) {
  const { clock, pauses } = deps;
  let until: Date | null = null;
  let times = 0;
  let known = false;
  let round = 0;

  return {
    /** Messages of an earlier round were claimed before a pause: they go back, or later ones would overtake them. */
    round: () => round,

    /** While it is not known whether a pause has helped, one message at a time finds out. */
    careful: () => times > 0,

    /** What an earlier connection has left; this one knows better from then on. */
    adopt(pace: Pace): void {
      if (known) return;
      known = true;
      until = pace.pausedUntil;
      times = pace.pauses;
    },

    /** Waits until sending may go on, or the connection has ended; answers whether there was anything to wait for. */
    async rest(): Promise<boolean> {
      if (!until) return false;
      while (until && until > clock.now() && !live.ended.aborted) {
        const ms = Math.min(lookMs, until.getTime() - clock.now().getTime());
        await pause(ms, undefined, { signal: live.ended }).catch(() => undefined);
      }
      if (live.ended.aborted) return true;
      until = null;
      await pauses.resumed(live);
      return true;
    },

    /** WhatsApp wants less; all that are refused in one round are one pause. */
    async begin(ofRound: number, hintMs: number | undefined): Promise<void> {
      if (ofRound !== round) return;
      round += 1;
      times += 1;
      const grown = Math.min(firstMs * 2 ** (times - 1), longestMs) * (1 + Math.random() / 4);
      until = later(clock.now(), hintMs === undefined ? grown : Math.min(hintMs, hintMsMax));
      await pauses.paused(live, until, times);
    },

    async sent(ofRound: number): Promise<void> {
      if (times === 0 || ofRound !== round) return;
      times = 0;
      await pauses.unhindered(live);
    },
  };
}
