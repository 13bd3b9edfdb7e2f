import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Network } from '../network.ts';
import { RequestFailure } from './failures.ts';
import { describePhone } from './phones.ts';
import * as schemas from './schemas.ts';
import { phoneIn } from './who.ts';

/** How often it is looked at what a phone shows. */
const LOOK_MS = 200;
/** A stream ends after this; whoever still looks asks again. */
const LIFE_MS = 60_000;
const STREAMS_MAX = 40;
/** Of so many messages, the newest, it is told when they change. */
const WATCHED = 200;

/**
 * What a person sees on their phone, as server-sent events: `message` for each message that is new or another one by now (its
 * state, reactions, votes, text), `phone` when the phone itself changes. Everything it shows comes first.
 */
export function screenRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  let open = 0;
  return async (app) => {
    app.get(
      '/api/phones/:number/screen',
      {
        schema: {
          // The document describes answers that end.
          hide: true,
          params: schemas.NumberParam,
        },
      },
      async ({ params: { number } }, reply) => {
        phoneIn(network(), number);
        if (open >= STREAMS_MAX)
          throw new RequestFailure(409, 'TOO_MANY_SCREENS', `${STREAMS_MAX} screens are open already.`);
        open += 1;
        reply.hijack();
        const { raw } = reply;
        raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
        const shown = new Map<string, string>();
        let isLooking = false;
        const tell = (event: string, key: string, value: unknown) => {
          const data = JSON.stringify(value);
          if (shown.get(key) === data) return;
          shown.set(key, data);
          raw.write(`event: ${event}\ndata: ${data}\n\n`);
        };
        const look = async () => {
          if (isLooking || raw.writableNeedDrain) return;
          isLooking = true;
          const account = phoneIn(network(), number);
          tell('phone', 'phone', describePhone(network(), account));
          const { phones } = network();
          const place = String(phones.inbox.placeBefore(account.number, WATCHED));
          const seen = await phones.look(account, undefined, place, WATCHED * 2);
          for (const message of seen) tell('message', `${message.chat} ${message.id}`, message);
          isLooking = false;
        };
        const end = () => raw.end();
        // A network that is forgotten has no such phone any more.
        const again = () => void look().catch(end);
        const looking = setInterval(again, LOOK_MS);
        const life = setTimeout(end, LIFE_MS);
        raw.on('close', () => {
          open -= 1;
          clearInterval(looking);
          clearTimeout(life);
        });
        again();
      },
    );
  };
}
