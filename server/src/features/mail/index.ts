import type { Vault } from '../../platform/crypto.ts';
import type { Feature } from '../../platform/feature.ts';
import { newId } from '../../platform/ids.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import type { Letter, MailQueue } from '../../platform/mail.ts';
import { deliverLetter } from './mail.jobs.ts';
import { createMailTransport, type MailConfig } from './transport.ts';

/** Letters: enqueued with the change that causes them, sealed while they wait, delivered by a job that tries for hours. */
export function createMail(deps: { config: MailConfig; vault: Vault; jobs: JobQueue }): {
  feature: Feature;
  mail: MailQueue;
} {
  const { config, vault, jobs } = deps;
  const isConfigured = config.smtpHost !== undefined;
  const transport = isConfigured ? createMailTransport(config) : undefined;
  const context = (id: string) => `letter/${id}`;

  async function deliver({ id, sealed }: { id: string; sealed: string }): Promise<void> {
    if (!transport) throw new Error('SMTP_HOST is not set any more, but letters wait to be sent.');
    await transport.send(
      id,
      JSON.parse(vault.openText(Buffer.from(sealed, 'base64'), context(id))) as Letter,
    );
  }

  return {
    feature: {
      name: 'mail',
      jobs: [deliverLetter.runs(deliver)],
      enqueues: [deliverLetter],
      stop: async () => transport?.close(),
    },
    mail: {
      isConfigured,
      async enqueue(tx, letter) {
        const id = newId();
        const sealed = vault.sealText(JSON.stringify(letter), context(id)).toString('base64');
        await jobs.enqueue(tx, deliverLetter, { id, sealed });
      },
    },
  };
}
