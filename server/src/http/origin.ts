import type { FastifyRequest } from 'fastify';
import type { Origin } from '../platform/actor.ts';
import { bareAddress } from '../platform/address.ts';
import type { App } from '../platform/feature.ts';

/**
 * Brings `X-Forwarded-For` into the form that Fastify reads: bare addresses. Proxies also write ports, brackets and
 * words. The list is read from its end, the nearest proxy; what is no address ends it there, so that the
 * request counts as the own request of the proxy that wrote it.
 */
export function readForwardedFor(app: App): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    const given = headers['x-forwarded-for'];
    if (given !== undefined) headers['x-forwarded-for'] = bareList([given].flat().join(','));
    done();
  });
}

function bareList(list: string): string {
  const addresses: string[] = [];
  for (const part of list.split(',').reverse()) {
    if (part.trim() === '') continue;
    const address = bareAddress(part);
    if (address === undefined) break;
    addresses.unshift(address);
  }
  return addresses.join(', ');
}

/** Whose connection is gone has none any more. */
const noAddress = '0.0.0.0';

/** The address a request counts for, as the trusted proxies tell it. */
export function addressOf(request: FastifyRequest): string {
  const ip = (request.ip as string | undefined) ?? noAddress;
  return bareAddress(ip) ?? ip;
}

/** Where a request comes from. */
export function originOf(request: FastifyRequest): Origin {
  return { ipAddress: addressOf(request), userAgent: request.headers['user-agent'] ?? null };
}
