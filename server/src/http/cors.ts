import cors from '@fastify/cors';
import type { App } from '../platform/feature.ts';

/** Lets the listed web origins call the API from a browser; others get no CORS header at all. */
export async function allowOrigins(app: App, corsOrigins: string): Promise<void> {
  const origins = corsOrigins
    .split(',')
    .map((origin) => origin.trim().replace(/\/$/, ''))
    .filter((origin) => origin !== '');
  await app.register(cors, {
    // Any origin may be asked for by '*', but then without credentials.
    origin: origins.includes('*') ? '*' : origins,
    credentials: !origins.includes('*'),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'idempotency-key',
      'prefer',
      'x-api-key',
      'x-request-id',
      'x-response-format',
    ],
    exposedHeaders: [
      'accept-ranges',
      'content-disposition',
      'content-range',
      'idempotent-replayed',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
      'retry-after',
      'x-ignored-fields',
      'x-next-cursor',
      'x-request-id',
    ],
    maxAge: 600,
  });
}
