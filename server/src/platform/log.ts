import { type Logger, pino } from 'pino';

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

/** The process's log: JSON lines on standard error, secrets redacted. */
export function createLog(level: string): Log {
  return pino(
    { level, base: null, redact: { paths, censor: '[redacted]' }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: false, minLength: 0 }),
  );
}

export const silentLog: Log = pino({ level: 'silent' });
