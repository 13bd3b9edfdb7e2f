import type { RouteOptions } from 'fastify';
import type { App } from '../platform/feature.ts';
import type { Log } from '../platform/log.ts';
import { assertAccess } from './access.ts';
import { codesOf } from './fails-with.ts';

/** Paths of plugins that bring routes of their own: the reference with the way to it, and CORS preflights. */
const foreign = (url: string) => url.startsWith('/api/docs') || url === '/' || url === '*';

/**
 * Reads what each route declares while it is mounted. Failure schemas move from `response` to
 * `config.failures`: error bodies are written by the door, so compiling a serialiser for each would only
 * cost start-up time.
 */
export function readDeclarations(app: App, { strict, log }: { strict: boolean; log: Log }): void {
  app.addHook('onRoute', (route: RouteOptions) => {
    if (foreign(route.url)) {
      // The page of the reference reads its document as it is.
      route.config = { ...route.config, envelope: 'never' } as NonNullable<typeof route.config>;
      return;
    }
    assertAccess([route.method].flat().join(','), route.url, route.config?.access);
    const response = (route.schema?.response ?? {}) as Record<string, unknown>;
    const failed = Object.entries(response).filter(([status]) => Number(status) >= 400);
    const foreignFailures = failed.filter(([, schema]) => codesOf(schema).length === 0);
    const failures = [...(route.config?.failures ?? []), ...failed.flatMap(([, schema]) => codesOf(schema))];
    const succeeded = Object.entries(response).filter(([status]) => Number(status) < 400);
    const successes = [...succeeded, ...foreignFailures].map(([status]) => Number(status));
    route.config = { ...route.config, failures: [...new Set(failures)], successes };
    if (route.schema) {
      route.schema = { ...route.schema, response: Object.fromEntries([...succeeded, ...foreignFailures]) };
    }
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    const { successes, failures } = request.routeOptions.config ?? {};
    if (failures === undefined || reply.statusCode >= 400 || successes?.includes(reply.statusCode)) {
      return done(null, payload);
    }
    const sentence = `${request.method} ${request.routeOptions.url} answers ${reply.statusCode} undeclared`;
    if (strict) return done(new Error(sentence));
    log.error({ requestId: request.id }, sentence);
    done(null, payload);
  });
}
