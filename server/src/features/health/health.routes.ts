import Type from 'typebox';
import { Timestamp } from '../../http/schema.ts';
import { Failure } from '../../platform/failures.ts';
import type { App } from '../../platform/feature.ts';

const tags = ['Health'];
const config = { access: 'public', envelope: 'beside', rateLimit: false } as const;

const Live = Type.Object(
  {
    status: Type.Literal('ok'),
    timestamp: Timestamp,
    version: Type.String({ examples: ['1.0.0'] }),
    service: Type.String({ examples: ['multiwa-gateway-api'] }),
    uptime: Type.Number({ examples: [12.5], description: 'Seconds since the start.' }),
  },
  { title: 'Health' },
);

const Verdict = Type.Enum(['ok', 'error'] as const);
const Ready = Type.Object(
  {
    status: Type.Enum(['ready', 'degraded'] as const),
    timestamp: Timestamp,
    checks: Type.Object({ database: Verdict, storage: Verdict }),
  },
  { title: 'Readiness' },
);

const Degraded = Type.Object(
  {
    success: Type.Literal(false),
    statusCode: Type.Integer({ examples: [503] }),
    message: Type.String(),
    error: Type.Object({ code: Type.String({ examples: ['UNAVAILABLE'] }), message: Type.String() }),
    requestId: Type.String(),
    ...Ready.properties,
  },
  { title: 'Degraded', description: 'A part that is needed does not answer: the error body and the checks.' },
);

export interface Health {
  live(): { status: 'ok'; timestamp: string; version: string; service: string; uptime: number };
  databaseAnswers(): Promise<boolean>;
  /** What the database has run out of, as a sentence. */
  databaseTrouble(): Promise<string | undefined>;
  /** The same about the data folder. */
  folderTrouble(): Promise<string | undefined>;
  /** Whether the server is about to end: whoever shares out requests is to look elsewhere. */
  isStopping(): boolean;
  now(): string;
}

/** `/health`: for people and probes. */
export function healthRoutes(app: App, health: Health): void {
  app.get(
    '/health',
    { config, schema: { tags, summary: 'Liveness probe.', response: { 200: Live } } },
    async () => health.live(),
  );

  app.get(
    '/health/ready',
    {
      config,
      schema: { tags, summary: 'Readiness probe.', response: { 200: Ready, 503: Degraded } },
    },
    async (request, reply) => {
      const { database, storage, trouble } = await examine(health);
      const timestamp = health.now();
      const checks = { database, storage };
      if (!trouble && !health.isStopping()) return { status: 'ready', timestamp, checks } as const;
      const { code, message, status } = health.isStopping()
        ? new Failure('SHUTTING_DOWN')
        : new Failure('UNAVAILABLE', trouble ? { says: trouble } : {});
      return reply.code(503).send({
        success: false,
        statusCode: status,
        message,
        error: { code, message },
        requestId: request.id,
        status: 'degraded',
        timestamp,
        checks,
      } as const);
    },
  );
}

async function examine(health: Health) {
  const answers = await health.databaseAnswers();
  const full = answers ? await health.databaseTrouble() : undefined;
  const ofFolder = await health.folderTrouble();
  return {
    database: answers && !full ? 'ok' : 'error',
    storage: ofFolder ? 'error' : 'ok',
    trouble: answers ? (full ?? ofFolder) : 'The database does not answer.',
  } as const;
}
