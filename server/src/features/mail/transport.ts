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
  close(): void;
}

const waitMsMax = 20_000;

/** A connection to the mail server of the settings. The same `id` makes the same Message-ID, so a repeat is known as one. */
export function createMailTransport(config: MailConfig): MailTransport {
  const { smtpHost = '', smtpPort, smtpSecurity, smtpUser, smtpPass } = config;
  let opened: Promise<Transporter> | undefined;
  const open = async () => {
    // Loaded with the first letter: many servers never write one.
    const { createTransport } = await import('nodemailer');
    return createTransport({
      host: smtpHost,
      port: smtpPort,
      secure: smtpSecurity === 'tls' || (smtpSecurity === 'auto' && smtpPort === 465),
      requireTLS: smtpSecurity === 'starttls',
      ignoreTLS: smtpSecurity === 'none',
      ...(smtpUser && { auth: { user: smtpUser, pass: smtpPass ?? '' } }),
      connectionTimeout: waitMsMax,
      greetingTimeout: waitMsMax,
      socketTimeout: waitMsMax,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  };
  const from = config.smtpFrom ?? smtpUser ?? '';
  const domain = /@([^>\s]+)/.exec(from)?.[1] ?? 'localhost';
  return {
    async send(id, { to, subject, text }) {
      // As an object, so that no text in an address can name a second recipient.
      const letter = { from, to: { name: '', address: to }, subject, text, messageId: `<${id}@${domain}>` };
      opened ??= open();
      const transport = await opened;
      await transport.sendMail(letter).catch((error: unknown) => {
        throw new Error(withoutAddress(error, to));
      });
    },
    close: () => void opened?.then((transport) => transport.close()),
  };
}

/** What went wrong, as it may be logged and kept with the job: mail servers like to repeat the address. */
function withoutAddress(error: unknown, address: string): string {
  const said = error instanceof Error ? error.message : String(error);
  return said.replaceAll(address, 'the recipient');
}
