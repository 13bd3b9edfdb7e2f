import { openSink } from '../test/kit/sink.ts';
import { until } from '../test/until.ts';
import { openLoop } from './load.ts';
import { spreadOf } from './measure.ts';
import type { Stage } from './stage.ts';

const drainMsMax = 150_000;

/** How long messages took to arrive, when they were sent at a given rate. */
export interface Arrived {
  count: number;
  /** The rate that was really offered. */
  perSecond: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  /** By how much the median of the last fifth is later than that of the first. */
  growthMs: number;
}

/** Knows each text's moment of sending, and hears of its arrival. */
export function createArrivals() {
  const sent = new Map<string, { n: number; atMs: number }>();
  let tookMs: number[] = [];
  let arrived = 0;
  let flows = 0;
  return {
    heard(text: string): void {
      const one = sent.get(text);
      if (!one) return;
      sent.delete(text);
      tookMs[one.n] = performance.now() - one.atMs;
      arrived += 1;
    },

    /** Sends at a rate until the seconds are over, and waits for the last to arrive. */
    async flow(
      pace: { perSecond: number; seconds: number },
      send: (n: number, text: string) => Promise<void>,
    ): Promise<Arrived> {
      sent.clear();
      tookMs = [];
      arrived = 0;
      const flow = flows++;
      const { total, offered } = await openLoop(pace, (n) => {
        const text = `in ${flow} ${n}`;
        sent.set(text, { n, atMs: performance.now() });
        return send(n, text);
      });
      await until(`all ${total} messages have arrived`, () => arrived >= total, drainMsMax).catch(() => {
        throw new Error(
          `${total - arrived} of ${total} messages had not arrived after ${drainMsMax / 1000} s`,
        );
      });
      const fifth = Math.ceil(total / 5);
      const [early, late] = [spreadOf(tookMs.slice(0, fifth)), spreadOf(tookMs.slice(-fifth))];
      return { count: total, perSecond: offered, ...spreadOf(tookMs), growthMs: late.p50Ms - early.p50Ms };
    },
  };
}

/** Opens a webhook for what a profile receives, and arrivals that hear of it. */
export async function arrivalsAtWebhook(stage: Stage, profileId: string) {
  const arrivals = createArrivals();
  const sink = await openSink();
  sink.answer = ({ body }) => {
    arrivals.heard(body.data.body);
    return 200;
  };
  await stage.tenant.key.post('/webhooks', { url: sink.url, events: ['message.received'], profileId });
  return { flow: arrivals.flow, close: sink.close };
}
