import { isIP } from 'node:net';
import type { Transporter } from 'nodemailer';
import type { Config } from '../../platform/config/config.ts';
import type { Letter } from '../../platform/mail.ts';

export type MailConfig = Pick<
  Config,
  'smtpHost' | 'smtpPort' | 'smtpSecurity' | 'smtpUser' | 'smtpPass' | 'smtpFrom'
>;

export interface MailTransport {
  /** Ends once the mail server has taken the letter. @throws Error as the server or the network says. */
  send(id: string, letter: Letter): Promise<void>;
  /** Connects and logs in, and sends nothing. @throws Error as the server or the network says. */
  verify(): Promise<void>;
  close(): void;
}

const waitMsMax = 20_000;

/**
 * A connection to the mail server of the settings. The same `id` makes the same Message-ID, so a repeat is known as one.
 * With `addressOf` the host is one that a client named: it finds the address to connect to, or refuses.
 */
export function createMailTransport(
  config: MailConfig,
  more: { addressOf?: (host: string, port: number) => Promise<string>; waitMs?: number } = {},
): MailTransport {
  const { smtpHost = '', smtpPort, smtpSecurity, smtpUser, smtpPass } = config;
  const { addressOf, waitMs = waitMsMax } = more;
  let opened: Promise<Transporter> | undefined;
  const open = async () => {
    // Connected to by the address that was checked; the certificate is still that of the name.
    const host = addressOf ? await addressOf(smtpHost, smtpPort) : smtpHost;
    // Loaded with the first letter: many servers never write one.
    const { createTransport } = await import('nodemailer');
    return createTransport({
      host,
      port: smtpPort,
      secure: smtpSecurity === 'tls' || (smtpSecurity === 'auto' && smtpPort === 465),
      requireTLS: smtpSecurity === 'starttls',
      ignoreTLS: smtpSecurity === 'none',
      ...(host !== smtpHost && !isIP(smtpHost) && { tls: { servername: smtpHost } }),
      ...(smtpUser && { auth: { user: smtpUser, pass: smtpPass ?? '' } }),
      connectionTimeout: waitMs,
      greetingTimeout: waitMs,
      socketTimeout: waitMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  };
  const transport = (): Promise<Transporter> => {
    opened ??= open();
    return opened;
  };
  const from = config.smtpFrom ?? smtpUser ?? '';
  const domain = /@([^>\s]+)/.exec(from)?.[1] ?? 'localhost';
  return {
    async send(id, { to, subject, text }) {
      // As an object, so that no text in an address can name a second recipient.
      const letter = { from, to: { name: '', address: to }, subject, text, messageId: `<${id}@${domain}>` };
      const mail = await transport();
      await mail.sendMail(letter).catch((error: unknown) => {
        throw withoutAddress(error, to);
      });
    },
    async verify() {
      await (await transport()).verify();
    },
    close: () =>
      void opened?.then(
        (mail) => mail.close(),
        () => undefined,
      ),
  };
}

/** What went wrong, as it may be logged and kept with the job: mail servers like to repeat the address. */
function withoutAddress(error: unknown, address: string): Error {
  const { message = String(error), code, command, responseCode } = error as Error & Record<string, unknown>;
  const said = new Error(message.replaceAll(address, 'the recipient'));
  return Object.assign(said, { code, command, responseCode });
}
