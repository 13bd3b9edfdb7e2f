import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { fastify } from 'fastify';
import type { Authenticator } from '../platform/actor.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config/config.ts';
import type { Db } from '../platform/db/transaction.ts';
import type { App, Feature } from '../platform/feature.ts';
import type { Log } from '../platform/log.ts';
import { noTracing, type Tracing } from '../platform/tracing/tracing.ts';
import { checkAccess, type Denied } from './access.ts';
import { readBodies } from './body.ts';
import { allowOrigins } from './cors.ts';
import { createDashboard, type DashboardPlace } from './dashboard.ts';
import { readDeclarations } from './declarations.ts';
import { drainOnClose } from './drain.ts';
import { wrapAnswers } from './envelope.ts';
import { errorHandler } from './errors.ts';
import { setHeaders } from './headers.ts';
import type { Idempotency } from './idempotency.ts';
import { rememberAnswers } from './idempotency-hooks.ts';
import { nameIgnoredFields } from './ignored-fields.ts';
import { answerUnknown } from './methods.ts';
import { serveMetrics } from './metrics.ts';
import { readForwardedFor } from './origin.ts';
import { passOnSandbox } from './pass-on.ts';
import { limitRates } from './rate-limit.ts';
import { serveReference } from './reference.ts';
import './route-config.ts';
import { serializerCompiler } from './serialization.ts';
import { type ArrivalLimits, serverOptions, usualArrival } from './server-options.ts';
import { refuseSilence } from './silence.ts';
import { traceRequests } from './trace-requests.ts';
import { validatorCompiler } from './validation.ts';

export interface HttpOptions {
  config: Config;
  log: Log;
  clock: Clock;
  db: Db;
  authenticator: Authenticator;
  idempotency: Idempotency;
  features: readonly Feature[];
  /** Hears of refusals for want of a permission. It must not throw. */
  denied?: Denied;
  /** Shown in the API reference. */
  version: string;
  tracing?: Tracing;
  /** Where the sandbox network answers on this machine; absent while it is off. */
  sandboxPort?: () => number | undefined;
  /** Where the dashboard is built into; without it there is none. */
  dashboard?: DashboardPlace | undefined;
  /** Nodes alive, which share the request limit; one unless said. */
  liveNodes?: () => number;
  /** How long requests may take to arrive, where the usual limits don't fit. */
  arrival?: ArrivalLimits;
  /** How long a connection may be quiet while the server stops, where a second is too long; for tests. */
  quietMs?: number | undefined;
  /** Answers that a route did not declare become errors; for tests. Otherwise they are only logged. */
  strict?: boolean;
  /** Compiles every schema at once, so that a wrong one is found; for the test that walks all routes. */
  eager?: boolean;
}

/**
 * The HTTP door with all features mounted under `/api/v1`, not yet listening. Routes at the root (metrics,
 * dashboard) may be added until `ready()` or `listen()`. Order matters: a hook runs for what comes after it.
 * @throws Error with a sentence when a route declares no access.
 */
export async function createHttp(options: HttpOptions): Promise<App> {
  const { config, log, clock, db, strict = false } = options;
  const app: App = fastify(
    serverOptions(config, log, options.arrival),
  ).withTypeProvider<TypeBoxTypeProvider>() as unknown as App;
  app.setValidatorCompiler(validatorCompiler({ eager: options.eager ?? false }));
  app.setSerializerCompiler(serializerCompiler({ eager: options.eager ?? false }));
  app.setErrorHandler(errorHandler({ log, strict }));
  traceRequests(app, options.tracing ?? noTracing);
  readForwardedFor(app);
  refuseSilence(app, options.arrival ?? usualArrival);
  setHeaders(app);
  drainOnClose(app, { features: options.features, quietMs: options.quietMs });
  await allowOrigins(app, config.corsOrigins);
  readDeclarations(app, { strict, log });
  readBodies(app);
  nameIgnoredFields(app);
  checkAccess(app, {
    authenticator: options.authenticator,
    clock,
    refusalsPerMinute: config.requestsPerMinute,
    denied: options.denied,
  });
  const dashboard = createDashboard(options.dashboard);
  answerUnknown(app, dashboard);
  await limitRates(app, {
    requestsPerMinute: config.requestsPerMinute,
    liveNodes: options.liveNodes ?? (() => 1),
  });
  rememberAnswers(app, { db, idempotency: options.idempotency });
  wrapAnswers(app, { clock, fallback: config.responseFormat });
  serveMetrics(app, {
    token: config.metricsToken,
    figures: options.features.flatMap((feature) => feature.figures ?? []),
  });
  await serveReference(app, {
    version: options.version,
    publicUrl: config.publicUrl,
    dashboard,
    events: options.features.flatMap((feature) => feature.events ?? []),
  });
  await passOnSandbox(app, options.sandboxPort ?? (() => undefined));
  await app.register(
    (api, _options, done) => {
      // What a route refuses while it is mounted must reach the caller, not the process.
      try {
        for (const feature of options.features) feature.routes?.(api as unknown as App);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    { prefix: '/api/v1' },
  );
  return app;
}
