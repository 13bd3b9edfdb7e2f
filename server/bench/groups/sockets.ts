import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { openSink } from '../../test/kit/sink.ts';
import { until } from '../../test/until.ts';
import { createArrivals } from '../arrivals.ts';
import type { Bench } from '../kit.ts';
import { openLoop } from '../load.ts';
import { figure, spreadOf } from '../measure.ts';
import { charged, figuresOf } from '../rounds.ts';
import type { Stage } from '../stage.ts';

const webhookRates = [50, 200] as const;
const toldPerSecond = 5;
const connectedAtOnce = 50;

/** Calls `heard` with the client's reference of each event; answers how to leave. */
type Listen = (stage: Stage, heard: (reference: unknown) => void) => Promise<() => void>;

const keyOf = (stage: Stage) => String(stage.tenant.credentials['x-api-key']);

const listens: Record<'sockets.io' | 'sockets.plain', Listen> = {
  async 'sockets.io'(stage, heard) {
    const auth = { apiKey: keyOf(stage) };
    const socket = io(`${stage.gateway.url}/ws`, { auth, forceNew: true, transports: ['websocket'] });
    socket.on('event', ({ data }) => heard(data.clientReference));
    await socket.timeout(30_000).emitWithAck('join', {});
    return () => socket.disconnect();
  },
  async 'sockets.plain'(stage, heard) {
    const socket = new WebSocket(`${stage.gateway.url.replace(/^http/, 'ws')}/ws?apiKey=${keyOf(stage)}`);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.on('message', (text) => {
        const { type, payload } = JSON.parse(text.toString());
        if (type === 'event') heard(payload.data.clientReference);
        else if (payload.message === 'subscribed') resolve();
      });
      socket.once('open', () => socket.send('{"type":"subscribe"}'));
    });
    return () => socket.terminate();
  },
};

/** Events of accepted messages, from the request to whoever hears of them: a webhook, and many sockets. */
export const sockets = ({ rig, report, size }: Bench): Promise<void> =>
  rig.onStage(async (stage) => {
    const { id: profileId } = await stage.tenant.key.post('/profiles', {
      name: 'Telling',
      engine: 'sandbox',
    });
    const tell = async (_: number, clientReference: string) => {
      const body = { profileId, to: '628111000001', text: 'news', clientReference };
      await stage.api.post('/api/v1/messages/text', body);
    };
    await stage.rest(size.restSeconds);

    const arrivals = createArrivals();
    const sink = await openSink();
    sink.answer = ({ body }) => {
      arrivals.heard(body.data.clientReference);
      return 200;
    };
    const webhook = { url: sink.url, events: ['message.queued'], profileId };
    const { id } = await stage.tenant.key.post('/webhooks', webhook);
    await arrivals.flow({ perSecond: 50, seconds: size.warmMessages / 150 }, tell);
    for (const perSecond of webhookRates) {
      const flow = () => arrivals.flow({ perSecond, seconds: size.steadySeconds }, tell);
      report.add(`sockets.webhook${perSecond}`, {
        figures: figuresOf([await charged({ usage: stage.usage }, flow, stage)]),
      });
    }
    await stage.tenant.key.delete(`/webhooks/${id}`);
    await sink.close();

    for (const [row, listen] of Object.entries(listens) as [keyof typeof listens, Listen][]) {
      const sentAtMs = new Map<unknown, number>();
      const tookMs: number[] = [];
      const leaves: (() => void)[] = [];
      const heard = (reference: unknown) => {
        const atMs = sentAtMs.get(reference);
        if (atMs !== undefined) tookMs.push(performance.now() - atMs);
      };
      while (leaves.length < size.sockets) {
        const some = Math.min(connectedAtOnce, size.sockets - leaves.length);
        leaves.push(...(await Promise.all(Array.from({ length: some }, () => listen(stage, heard)))));
      }
      const { total } = await openLoop(
        { perSecond: toldPerSecond, seconds: size.steadySeconds },
        async (n) => {
          const reference = `${row} ${n}`;
          sentAtMs.set(reference, performance.now());
          await tell(n, reference);
        },
      );
      await until('everybody has heard all', () => tookMs.length >= total * size.sockets, 60_000);
      const { p50Ms, p99Ms } = spreadOf(tookMs);
      report.add(row, {
        figures: { p50: figure([p50Ms]), p99: figure([p99Ms]) },
        note: `${size.sockets} sockets, ${total} events`,
      });
      for (const leave of leaves) leave();
    }
  });
