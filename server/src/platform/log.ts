import { type Logger, type LoggerOptions, pino } from 'pino';
import { exhaustedOf, isDatabaseAway } from './db/trouble.ts';

export type Log = Logger;

/** Names whose values never reach a log line, at any depth that our own lines have. */
const secretNames = [
  'password',
  'currentPassword',
  'newPassword',
  'passwordHash',
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'cookie',
  'apiKey',
  'key',
  'secret',
  'qr',
  'code',
  'privKey',
  'private',
  'advSecretKey',
  '["x-api-key"]',
];
const paths = secretNames.flatMap((name) =>
  name.startsWith('[') ? [name, `*${name}`, `*.*${name}`] : [name, `*.${name}`, `*.*.${name}`],
);

const repeatMs = 30_000;
const sentencesMax = 200;

/**
 * While the database is away or full, every loop and every request fails with the same sentence: each sentence is then
 * logged once in a while, with the number of times it was left out.
 */
export function sparingly(): NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']> {
  const sentences = new Map<string, { atMs: number; leftOut: number }>();
  return function logMethod(args, method) {
    const [fields, sentence] = args as [unknown, unknown];
    const error = (fields as { err?: unknown } | undefined)?.err;
    if (!isDatabaseAway(error) && exhaustedOf(error) === undefined) return method.apply(this, args);
    const nowMs = performance.now();
    const before = sentences.get(String(sentence));
    if (before && nowMs - before.atMs < repeatMs) {
      before.leftOut++;
      return;
    }
    if (sentences.size >= sentencesMax) sentences.clear();
    sentences.set(String(sentence), { atMs: nowMs, leftOut: 0 });
    const repeats = before?.leftOut ? { leftOut: before.leftOut } : {};
    method.apply(this, [{ ...(fields as object), ...repeats }, sentence] as unknown as typeof args);
  };
}

/** The process's log: JSON lines on standard error, secrets redacted. */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      redact: { paths, censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      hooks: { logMethod: sparingly() },
    },
    pino.destination({ fd: 2, sync: false, minLength: 0 }),
  );
}

export const silentLog: Log = pino({ level: 'silent' });
