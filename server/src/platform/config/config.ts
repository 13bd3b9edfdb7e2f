import { isAbsolute, resolve } from 'node:path';
import { readCountry } from '../chat-id.ts';
import { daySeconds } from '../clock.ts';
import { decodeKey } from '../crypto.ts';
import { aiSettings, integrationSettings, tracingSettings } from './other-servers.ts';
import {
  cidrList,
  integer,
  oneOf,
  optionalText,
  type Setting,
  secondsList,
  setting,
  text,
  url,
} from './setting.ts';

const country = {
  kind: 'country in two letters',
  parse(value: string): string {
    const code = readCountry(value);
    if (!code) throw new Error('a country in two letters (ISO 3166), like ID');
    return code;
  },
};

/** Every setting there is. The operator's reference (`npm run config`) is printed from this. */
export const settings = {
  port: setting('PORT', integer(0, 65_535), 3000, 'Port of the HTTP API; 0 takes any free one.', [
    'API_PORT',
  ]),
  host: setting(
    'HOST',
    text,
    (production) => (production ? '0.0.0.0' : '127.0.0.1'),
    'Address the HTTP API listens on.',
    ['API_HOST'],
  ),
  dataDir: setting(
    'DATA_DIR',
    text,
    'data',
    'Folder for keys, media and, without DATABASE_URL, the database.',
  ),
  databaseUrl: setting(
    'DATABASE_URL',
    optionalText,
    undefined,
    'PostgreSQL 15 or newer to use; several nodes may share it. Unset: the PostgreSQL that comes with npm.',
  ),
  databasePoolSize: setting(
    'DATABASE_POOL_SIZE',
    integer(4, 200),
    20,
    'Connections a node keeps to PostgreSQL.',
  ),
  encryptionKey: setting(
    'ENCRYPTION_KEY',
    optionalText,
    undefined,
    'Key for secrets at rest: 64 hex digits or base64 of 32 bytes. Unset: made once, kept in DATA_DIR.',
  ),
  jwtSecret: setting(
    'JWT_SECRET',
    optionalText,
    undefined,
    'Signs access tokens. Unset: derived from the encryption key.',
  ),
  accessTokenSeconds: setting(
    'ACCESS_TOKEN_SECONDS',
    integer(60, 30 * daySeconds),
    7 * daySeconds,
    'How long an access token is good.',
  ),
  refreshTokenSeconds: setting(
    'REFRESH_TOKEN_SECONDS',
    integer(300, 365 * daySeconds),
    30 * daySeconds,
    'How long a refresh token is good; each use gives a new one.',
  ),
  passwordLengthMin: setting('PASSWORD_MIN_LENGTH', integer(8, 128), 8, 'Fewest characters of a password.'),
  registration: setting(
    'REGISTRATION',
    oneOf('open', 'closed', 'auto'),
    'auto',
    'Who may register: auto means open outside production, and in production until the first organisation exists.',
  ),
  responseFormat: setting(
    'RESPONSE_FORMAT',
    oneOf('envelope', 'raw'),
    'envelope',
    'Body of successful answers: {success,data,meta} or the bare data.',
  ),
  corsOrigins: setting(
    'CORS_ORIGINS',
    text,
    (production) => (production ? '' : 'http://localhost:3001,http://localhost:3000'),
    'Web origins that may call the API and the socket, separated by commas.',
  ),
  trustedProxies: setting('TRUSTED_PROXIES', cidrList, [], 'Proxies whose X-Forwarded-For is believed.'),
  requestsPerMinute: setting(
    'REQUESTS_PER_MINUTE',
    integer(0, 1_000_000),
    (production) => (production ? 1200 : 0),
    'Requests a minute a caller may make; 0 means no limit.',
  ),
  bodyBytesMax: setting(
    'BODY_BYTES_MAX',
    integer(1024, 100_000_000),
    1_048_576,
    'Largest JSON body, in bytes.',
  ),
  mediaDir: setting(
    'MEDIA_DIR',
    optionalText,
    undefined,
    'Folder for media; several nodes without S3_BUCKET need one that they share. Unset: media in DATA_DIR.',
  ),
  mediaBytesMax: setting(
    'MEDIA_BYTES_MAX',
    integer(1024, 2_147_483_648),
    104_857_600,
    'Largest file that is taken in, in bytes.',
  ),
  mediaBase64BytesMax: setting(
    'MEDIA_BASE64_BYTES_MAX',
    integer(1024, 104_857_600),
    16_777_216,
    'Largest file that may stand in a JSON body as base64, in bytes; such a body is held in memory.',
  ),
  mediaQuotaBytes: setting(
    'MEDIA_QUOTA_BYTES',
    integer(0, Number.MAX_SAFE_INTEGER),
    10_737_418_240,
    'Bytes of media an organisation may have; 0 means no limit.',
  ),
  mediaLinkSeconds: setting(
    'MEDIA_LINK_SECONDS',
    integer(60, 30 * daySeconds),
    daySeconds,
    'How long a link to media is good at least.',
  ),
  mediaUnusedSeconds: setting(
    'MEDIA_UNUSED_SECONDS',
    integer(60, 365 * daySeconds),
    daySeconds,
    'How long media is kept that no message has.',
  ),
  ffmpeg: setting(
    'FFMPEG',
    text,
    'ffmpeg',
    'The program that converts sound to voice notes; nothing else needs it.',
  ),
  s3Bucket: setting(
    'S3_BUCKET',
    optionalText,
    undefined,
    'Bucket of an S3-compatible store for media. Unset: MEDIA_DIR.',
  ),
  s3Endpoint: setting('S3_ENDPOINT', url, undefined, 'Address of the store. Unset: Amazon’s.'),
  s3Region: setting('S3_REGION', text, 'us-east-1', 'Region of the bucket.'),
  s3AccessKeyId: setting(
    'S3_ACCESS_KEY_ID',
    optionalText,
    undefined,
    'Who we are at the store. Unset: what the environment or the role of the machine gives.',
    ['S3_ACCESS_KEY'],
  ),
  s3SecretAccessKey: setting('S3_SECRET_ACCESS_KEY', optionalText, undefined, 'Secret of S3_ACCESS_KEY_ID.', [
    'S3_SECRET_KEY',
  ]),
  s3Prefix: setting('S3_PREFIX', text, '', 'Put before every name in the bucket, as in media/.'),
  publicUrl: setting(
    'PUBLIC_URL',
    optionalText,
    undefined,
    'Address people reach this server by, used in letters, invitations and the API reference; may end in a path. Unset: where it listens.',
  ),
  smtpHost: setting(
    'SMTP_HOST',
    optionalText,
    undefined,
    'Mail server. Unset: no mail is sent, links are shown.',
  ),
  smtpPort: setting('SMTP_PORT', integer(1, 65_535), 587, 'Port of the mail server.'),
  smtpSecurity: setting(
    'SMTP_SECURITY',
    oneOf('auto', 'tls', 'starttls', 'none'),
    'auto',
    'auto means TLS on port 465, elsewhere STARTTLS when the server offers it.',
  ),
  smtpUser: setting('SMTP_USER', optionalText, undefined, 'User at the mail server.'),
  smtpPass: setting('SMTP_PASS', optionalText, undefined, 'Password at the mail server.'),
  smtpFrom: setting('SMTP_FROM', optionalText, undefined, 'Sender of letters. Unset: SMTP_USER.'),
  ...integrationSettings,
  ...aiSettings,
  metricsToken: setting(
    'METRICS_TOKEN',
    optionalText,
    undefined,
    'Bearer token that may read /metrics from elsewhere.',
  ),
  sandbox: setting(
    'SANDBOX',
    oneOf('on', 'off', 'external'),
    (production) => (production ? 'off' : 'on'),
    'The WhatsApp network inside: started with the server, absent, or already running on SANDBOX_PORT.',
  ),
  sandboxPort: setting('SANDBOX_PORT', integer(0, 65_535), 3900, 'Port of the sandbox network.'),
  whatsappUrl: setting(
    'WHATSAPP_URL',
    url,
    undefined,
    'Socket address the baileys engine connects to. Unset: WhatsApp itself.',
  ),
  outboundAllow: setting(
    'OUTBOUND_ALLOW',
    cidrList,
    (production) => (production ? [] : ['127.0.0.0/8', '::1/128']),
    'Private networks that webhooks and media downloads may reach; ours and the database stay closed.',
  ),
  webhookRetrySchedule: setting(
    'WEBHOOK_RETRY_SCHEDULE',
    secondsList,
    [5, 300, 1800, 7200, 18_000, 36_000, 54_000, 72_000, 72_000, 72_000],
    'Waits between the attempts of a webhook delivery, in seconds.',
  ),
  webhookDisableAfter: setting(
    'WEBHOOK_DISABLE_AFTER',
    integer(1, 30 * daySeconds),
    5 * daySeconds,
    'Seconds of nothing but failures after which a webhook is switched off.',
  ),
  webhookTimeoutMs: setting(
    'WEBHOOK_TIMEOUT_MS',
    integer(100, 60_000),
    15_000,
    'How long one webhook attempt may take.',
  ),
  leaseSeconds: setting(
    'LEASE_SECONDS',
    integer(2, 300),
    10,
    'How long a node owns a profile without renewing.',
  ),
  messageValidity: setting(
    'MESSAGE_VALIDITY',
    integer(1, 30 * daySeconds),
    daySeconds,
    'Seconds after which a message that could not be sent expires.',
  ),
  eventRetentionDays: setting(
    'EVENT_RETENTION_DAYS',
    integer(1, 3650),
    30,
    'Days that events and deliveries are kept.',
  ),
  broadcastKeepDays: setting(
    'BROADCAST_KEEP_DAYS',
    integer(1, 3650),
    90,
    'Days after its end that the recipients of a broadcast are kept one by one; its counts stay.',
  ),
  auditRetentionDays: setting(
    'AUDIT_RETENTION_DAYS',
    integer(0, 36_500),
    0,
    'Days that entries of the audit log are kept; 0 keeps them for ever.',
  ),
  statuses: setting(
    'STATUSES',
    oneOf('keep', 'drop'),
    'keep',
    'Status updates (stories) of profiles that don’t say by `dropStatuses` what becomes of them.',
  ),
  statusMediaDays: setting(
    'STATUS_MEDIA_DAYS',
    integer(0, 3650),
    7,
    'Days that pictures, films and sounds of status updates are kept; 0 keeps them for ever.',
  ),
  history: setting(
    'HISTORY',
    oneOf('recent', 'full', 'none'),
    'recent',
    'How much of its past a phone tells when it is linked.',
  ),
  defaultCountry: setting(
    'DEFAULT_COUNTRY',
    country,
    'ID',
    'Country (ISO 3166) of local phone numbers that begin with 0.',
  ),
  ...tracingSettings,
  logLevel: setting(
    'LOG_LEVEL',
    oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent'),
    (production) => (production ? 'info' : 'warn'),
    'How much is logged, as JSON lines on standard error.',
  ),
} satisfies Record<string, Setting<never> | Setting<unknown>>;

type Values = { [Name in keyof typeof settings]: ReturnType<(typeof settings)[Name]['parse']> };

export interface Config extends Values {
  production: boolean;
}

/** Everything that is wrong with the settings, at once. */
export class ConfigProblems extends Error {
  constructor(problems: readonly string[]) {
    super(`The settings are not right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigProblems';
  }
}

/**
 * Reads all settings from the environment. Relative `DATA_DIR` is taken from `root`, the repository.
 * @throws ConfigProblems with every problem.
 */
export function readConfig(env: Record<string, string | undefined>, root: string): Config {
  const production = env.NODE_ENV === 'production';
  const problems: string[] = [];
  const values: Record<string, unknown> = { production };
  for (const [key, row] of Object.entries(settings) as [string, Setting<unknown>][]) {
    const name = [row.name, ...row.aliases].find((candidate) => env[candidate]);
    const value = name === undefined ? undefined : env[name];
    try {
      values[key] = value === undefined ? row.fallback(production) : row.parse(value);
    } catch (error) {
      problems.push(`${name} must be ${(error as Error).message}, but is '${value}'.`);
    }
  }
  const config = values as unknown as Config;
  problems.push(...contradictions(config));
  if (problems.length > 0) throw new ConfigProblems(problems);
  config.dataDir = isAbsolute(config.dataDir) ? config.dataDir : resolve(root, config.dataDir);
  return config;
}

function contradictions(config: Config): string[] {
  const problems: string[] = [];
  if (config.encryptionKey !== undefined) {
    try {
      decodeKey(config.encryptionKey);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (config.jwtSecret !== undefined && config.jwtSecret.length < 32) {
    problems.push('JWT_SECRET must have at least 32 characters.');
  }
  if (config.databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(config.databaseUrl)) {
    problems.push('DATABASE_URL must begin with postgres:// or postgresql://.');
  }
  if (config.publicUrl !== undefined && !/^https?:\/\/[^/]+/.test(config.publicUrl)) {
    problems.push('PUBLIC_URL must begin with http:// or https://.');
  }
  if (config.smtpHost !== undefined && !/@/.test(config.smtpFrom ?? config.smtpUser ?? '')) {
    problems.push('SMTP_HOST needs SMTP_FROM, the address letters come from.');
  }
  if ((config.s3AccessKeyId === undefined) !== (config.s3SecretAccessKey === undefined)) {
    problems.push('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY need each other.');
  }
  if (config.sandbox === 'external' && config.sandboxPort === 0) {
    problems.push('SANDBOX=external needs SANDBOX_PORT, the port it already runs on.');
  }
  return problems;
}

/** The reference of all settings as Markdown, for operators. */
export function describeSettings(): string {
  const rows = (Object.values(settings) as Setting<unknown>[]).map((row) => {
    const show = (value: unknown) =>
      value === undefined || (Array.isArray(value) && value.length === 0) || value === ''
        ? 'none'
        : `\`${String(value)}\``;
    const [here, there] = [show(row.fallback(false)), show(row.fallback(true))];
    const fallback = here === there ? here : `${here}; in production ${there}`;
    return `| \`${row.name}\` | ${row.kind.replaceAll('|', '\\|')} | ${fallback} | ${row.says} |`;
  });
  return ['| setting | is | default | says |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
