import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { until } from '../until.ts';

/** A letter as the mail server received it. */
export interface ReceivedLetter {
  /** Who it was handed over for; the envelope, not what the letter says. */
  recipients: string[];
  /** Headers and body, with quoted-printable undone. */
  raw: string;
}

/** A mail server that keeps what it is given. */
export interface MailSink {
  /** Settings of a gateway that sends through it. */
  env: Record<string, string>;
  letters: ReceivedLetter[];
  /** The next letter for an address that has not been read yet. */
  letterFor(address: string): Promise<ReceivedLetter>;
  /** While true every letter is refused for the moment. */
  isBusy: boolean;
  close(): Promise<void>;
}

export async function startMailSink(): Promise<MailSink> {
  const letters: ReceivedLetter[] = [];
  const read = new Set<ReceivedLetter>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (sink.isBusy) return done(Object.assign(new Error('Try again later'), { responseCode: 451 }));
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        letters.push({ recipients, raw: plain(Buffer.concat(chunks).toString('utf8')) });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const sink: MailSink = {
    env: { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(port), SMTP_FROM: 'MultiWA <gateway@example.org>' },
    letters,
    isBusy: false,
    async letterFor(address) {
      const found = await until(`a letter for ${address}`, async () =>
        letters.find((letter) => !read.has(letter) && letter.recipients.includes(address)),
      );
      read.add(found);
      return found;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return sink;
}

function plain(raw: string): string {
  return /quoted-printable/i.test(raw)
    ? raw
        .replaceAll(/=\r?\n/g, '')
        .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : raw;
}
