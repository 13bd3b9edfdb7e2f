import rateLimit from '@fastify/rate-limit';
import { countedAddress } from '../platform/address.ts';
import { Failure } from '../platform/failures.ts';
import type { App } from '../platform/feature.ts';
import { addressOf } from './origin.ts';

export interface RateLimitOptions {
  requestsPerMinute: number;
  /** Nodes that share the limit; each grants its part. */
  liveNodes: () => number;
}

/** The names of the standard's draft, and those that clients of older servers read. */
const twins = [
  ['ratelimit-limit', 'x-ratelimit-limit'],
  ['ratelimit-remaining', 'x-ratelimit-remaining'],
  ['ratelimit-reset', 'x-ratelimit-reset'],
] as const;

/** Limits each caller (key, user, or address where nobody is signed in); a route may opt out or set its own. */
export async function limitRates(
  app: App,
  { requestsPerMinute, liveNodes }: RateLimitOptions,
): Promise<void> {
  if (requestsPerMinute === 0) return;
  await app.register(rateLimit, {
    max: () => Math.max(1, Math.ceil(requestsPerMinute / Math.max(1, liveNodes()))),
    timeWindow: 60_000,
    enableDraftSpec: true,
    keyGenerator: (request) =>
      request.actor?.apiKeyId ?? request.actor?.userId ?? countedAddress(addressOf(request)),
    errorResponseBuilder: (_request, { ttl }) =>
      new Failure('RATE_LIMITED', { retryAfterSeconds: ttl / 1000 }),
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    for (const [name, twin] of twins) {
      const value = reply.getHeader(name);
      if (value !== undefined) reply.header(twin, value);
    }
    done(null, payload);
  });
}
