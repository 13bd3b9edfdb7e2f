import type { Vault } from '../../platform/crypto.ts';
import type { Problem } from '../../platform/failures.ts';
import { isMasked } from '../../platform/masked.ts';
import type { MailConfig } from '../mail/index.ts';
import type { SettingsRow } from './settings.store.ts';
import type { SmtpBodyFields } from './smtp.schema.ts';

/** The mail server of an organisation. */
export interface SmtpSettings {
  host: string;
  port: number;
  user: string | null;
  pass: string | null;
  from: string | null;
  secure: boolean;
}

const portDefault = 587;
const hostName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})?(\.[a-z0-9_]([a-z0-9_-]{0,62})?)*\.?$/i;
const ipv6 = /^[0-9a-f:.]{2,45}$/i;
const context = (organizationId: string) => `settings/smtp/${organizationId}`;

export function openSmtp(vault: Vault, row: SettingsRow): SmtpSettings {
  const { pass } = JSON.parse(vault.openText(row.secrets, context(row.organization_id))) as {
    pass: string | null;
  };
  return { ...(row.settings as unknown as Omit<SmtpSettings, 'pass'>), pass };
}

/** The columns for what is set. */
export function sealSmtp(vault: Vault, organizationId: string, { pass, ...settings }: SmtpSettings) {
  return {
    settings: JSON.stringify(settings),
    secrets: vault.sealText(JSON.stringify({ pass }), context(organizationId)),
  };
}

/** What a body makes of the settings before; undefined when it takes them away. Answers every problem instead. */
export function mergeSmtp(
  before: SmtpSettings | undefined,
  body: SmtpBodyFields,
): { smtp: SmtpSettings | undefined } | { problems: Problem[] } {
  if (body.host === null || body.host === '') return { smtp: undefined };
  const merged = <Field extends 'user' | 'from'>(field: Field) =>
    body[field] === undefined ? (before?.[field] ?? null) : body[field]?.trim() || null;
  const isKept = body.pass === undefined || (body.pass !== null && isMasked(body.pass));
  const user = merged('user');
  const smtp: SmtpSettings = {
    host: body.host?.trim() ?? before?.host ?? '',
    port: body.port ?? before?.port ?? portDefault,
    user,
    pass: user === null ? null : isKept ? (before?.pass ?? null) : body.pass || null,
    from: merged('from'),
    secure: body.secure ?? before?.secure ?? false,
  };
  const problems = problemsOf(smtp, before, { isKept, isMask: isKept && body.pass !== undefined });
  return problems.length > 0 ? { problems } : { smtp };
}

function problemsOf(
  smtp: SmtpSettings,
  before: SmtpSettings | undefined,
  { isKept, isMask }: { isKept: boolean; isMask: boolean },
): Problem[] {
  const problems: Problem[] = [];
  const { host, user, pass, from } = smtp;
  if (host === '') problems.push({ path: '/host', problem: 'is required' });
  else if (!hostName.test(host) && !ipv6.test(host)) {
    problems.push({ path: '/host', problem: 'must be a host name or an address, without a port' });
  }
  for (const [path, value] of Object.entries({ '/user': user, '/pass': pass, '/from': from })) {
    // A line end in a sender would begin another header.
    if (value !== null && /\p{Cc}/u.test(value)) problems.push({ path, problem: 'must be one line' });
  }
  const sender = from ?? user ?? '';
  if (!isSender(sender)) {
    problems.push({ path: '/from', problem: 'must be one address, as in Bakery <letters@example.com>' });
  }
  if (isMask && !before?.pass) problems.push({ path: '/pass', problem: 'is a mask, and no password is set' });
  // Else a password that is kept could be sent to a host of the caller's choice.
  const isElsewhere = before !== undefined && (before.host !== host || before.port !== smtp.port);
  if (isElsewhere && isKept && pass !== null) {
    problems.push({ path: '/pass', problem: 'is needed anew for another host' });
  }
  return problems;
}

function isSender(text: string): boolean {
  const address = /^[^<>]{0,200}<([^<>]*)>$/.exec(text)?.[1] ?? text;
  return /^[^\s<>,;:"@]{1,64}@[^\s<>,;:"@]{1,253}$/.test(address);
}

/** As the transport takes it. */
export function mailConfigOf({ host, port, user, pass, from, secure }: SmtpSettings): MailConfig {
  return {
    smtpHost: host,
    smtpPort: port,
    smtpSecurity: secure ? 'tls' : 'auto',
    smtpUser: user ?? undefined,
    smtpPass: pass ?? undefined,
    smtpFrom: from ?? undefined,
  };
}
