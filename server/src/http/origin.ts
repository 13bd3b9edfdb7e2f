import type { FastifyRequest } from 'fastify';
import type { Origin } from '../platform/actor.ts';

/** Where a request comes from, as the trusted proxies tell. */
export function originOf(request: FastifyRequest): Origin {
  return { ipAddress: request.ip, userAgent: request.headers['user-agent'] ?? null };
}
