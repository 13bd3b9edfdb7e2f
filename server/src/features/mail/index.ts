import type { Vault } from '../../platform/crypto.ts';
import type { Feature } from '../../platform/feature.ts';
import { newId } from '../../platform/ids.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import type { Letter, MailQueue } from '../../platform/mail.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import { deliverLetter } from './mail.jobs.ts';
import { createMailTransport, type MailConfig } from './transport.ts';

export { createMailTransport, type MailConfig } from './transport.ts';

/** A letter as it waits. */
interface Waiting extends Letter {
  organizationId?: string;
}

/** Letters: enqueued with the change that causes them, sealed while they wait, delivered by a job that tries for hours. */
export function createMail(deps: {
  config: MailConfig;
  vault: Vault;
  jobs: JobQueue;
  outbound: Pick<Outbound, 'addressOf'>;
  /** The mail server that an organisation has set for itself. */
  mailServerOf: (organizationId: string) => Promise<MailConfig | undefined>;
}): {
  feature: Feature;
  mail: MailQueue;
} {
  const { config, vault, jobs } = deps;
  const isConfigured = config.smtpHost !== undefined;
  const transport = isConfigured ? createMailTransport(config) : undefined;
  const context = (id: string) => `letter/${id}`;

  async function deliver({ id, sealed }: { id: string; sealed: string }): Promise<void> {
    const text = vault.openText(Buffer.from(sealed, 'base64'), context(id));
    const { organizationId, ...letter } = JSON.parse(text) as Waiting;
    const own = organizationId === undefined ? undefined : await deps.mailServerOf(organizationId);
    if (own) return sendBy(own, id, letter);
    if (!transport) throw new Error('SMTP_HOST is not set any more, but letters wait to be sent.');
    await transport.send(id, letter);
  }

  /** Connected to anew for each letter: where the host lies is looked up and checked each time. */
  async function sendBy(own: MailConfig, id: string, letter: Letter): Promise<void> {
    const mailServer = createMailTransport(own, { addressOf: deps.outbound.addressOf });
    await mailServer.send(id, letter).finally(() => mailServer.close());
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
      isConfiguredFor: async (organizationId) =>
        isConfigured || (await deps.mailServerOf(organizationId)) !== undefined,
      async enqueue(tx, letter, organizationId) {
        const id = newId();
        const waiting: Waiting = { ...letter, ...(organizationId !== undefined && { organizationId }) };
        const sealed = vault.sealText(JSON.stringify(waiting), context(id)).toString('base64');
        await jobs.enqueue(tx, deliverLetter, { id, sealed });
      },
    },
  };
}
