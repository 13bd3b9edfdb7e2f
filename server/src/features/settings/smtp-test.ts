import type { Clock } from '../../platform/clock.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import { OutboundFailed } from '../../platform/outbound/outbound-failed.ts';
import { createMailTransport, type MailConfig } from '../mail/index.ts';
import type { SmtpFault } from './smtp.schema.ts';

const waitMs = 6_000;
const totalMsMax = 20_000;
const saidLengthMax = 200;

/** What a test found out, in words that somebody can act on. */
export interface SmtpTested {
  success: boolean;
  message: string;
  code: SmtpFault | null;
  durationMs: number;
}

/** Connects to a mail server and logs in; with `sendTo` a letter goes out, too. Ends within twenty seconds. */
export async function testSmtp(
  deps: { clock: Clock; outbound: Pick<Outbound, 'addressOf'> },
  config: MailConfig,
  how: { isOurs: boolean; sendTo?: string | undefined },
): Promise<SmtpTested> {
  const startedAt = performance.now();
  const transport = createMailTransport(config, {
    ...(!how.isOurs && { addressOf: deps.outbound.addressOf }),
    waitMs,
  });
  const host = how.isOurs ? 'The mail server of this server' : config.smtpHost;
  const tested = (success: boolean, message: string, code: SmtpFault | null = null): SmtpTested => ({
    ...{ success, message, code },
    durationMs: Math.round(performance.now() - startedAt),
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })), totalMsMax);
  });
  try {
    const work = how.sendTo ? transport.send(newId(), letterTo(how.sendTo, deps.clock)) : transport.verify();
    await Promise.race([work, late]);
    const login = config.smtpUser ? 'took the login' : 'answers, without a login';
    return tested(true, how.sendTo ? `${host} took a letter to ${how.sendTo}.` : `${host} ${login}.`);
  } catch (error) {
    const { code, says } = faultOf(error, String(host));
    return tested(false, says, code);
  } finally {
    clearTimeout(timer);
    transport.close();
  }
}

function letterTo(to: string, clock: Clock) {
  return {
    to,
    subject: 'MultiWA: letters can be sent',
    text: `This letter was asked for at ${clock.now().toISOString()} to try the mail settings. They work.`,
  };
}

/** What went wrong, for people. */
function faultOf(error: unknown, host: string): { code: SmtpFault; says: string } {
  if (error instanceof Failure) return { code: 'target', says: error.message };
  if (error instanceof OutboundFailed)
    return { code: 'dns', says: `The name ${host} could not be resolved.` };
  const { code = '', command = '', message = '' } = error as Record<string, string | undefined>;
  const said = message.replaceAll(/\p{Cc}+/gu, ' ').slice(0, saidLengthMax);
  if (code === 'EDNS' || code === 'ENOTFOUND') {
    return { code: 'dns', says: `The name ${host} could not be resolved.` };
  }
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    return { code: 'login', says: `${host} refused the user or the password: ${said}` };
  }
  if (code === 'EENVELOPE') {
    const isSender = /MAIL/i.test(command);
    return isSender
      ? { code: 'sender', says: `${host} refused the sender: ${said}` }
      : { code: 'recipient', says: `${host} refused the recipient: ${said}` };
  }
  if (code === 'ETIMEDOUT') {
    return { code: 'timeout', says: `${host} did not answer in time. A wrong port or secure looks so, too.` };
  }
  if (code === 'ETLS' || /certificate|SSL|TLS|EPROTO|altname|self.signed/i.test(message)) {
    return { code: 'tls', says: `The TLS connection to ${host} failed: ${said}` };
  }
  if (/ECONNREFUSED/.test(message)) {
    return { code: 'connection', says: `${host} refused the connection: nothing listens on this port.` };
  }
  if (code === 'ESOCKET' || code === 'ECONNECTION') {
    return { code: 'connection', says: `The connection to ${host} failed: ${said}` };
  }
  return { code: 'other', says: `${host} did not take it: ${said}` };
}
