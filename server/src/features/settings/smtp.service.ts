import type { Actor } from '../../platform/actor.ts';
import { type AuditLog, differences } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { maskSecret } from '../../platform/masked.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { Rate } from '../../platform/rate.ts';
import type { MailConfig } from '../mail/index.ts';
import type { SettingsStore } from './settings.store.ts';
import type { SmtpBodyFields } from './smtp.schema.ts';
import { mailConfigOf, mergeSmtp, openSmtp, type SmtpSettings, sealSmtp } from './smtp.ts';
import { type SmtpTested, testSmtp } from './smtp-test.ts';

const area = 'smtp';

export function createSmtpService(deps: {
  clock: Clock;
  vault: Vault;
  audit: AuditLog;
  outbound: Outbound;
  store: SettingsStore;
  /** How often an organisation may test: a test must not scan a network. */
  rate: Rate;
  /** The server's own mail server. */
  config: MailConfig;
}) {
  const { clock, vault, store, config } = deps;

  async function settingsOf(organizationId: string, tx?: Db | Tx): Promise<SmtpSettings | undefined> {
    const row = await store.find(organizationId, area, tx);
    return row && openSmtp(vault, row);
  }

  function present(smtp: SmtpSettings | undefined) {
    if (smtp) return { ...smtp, pass: smtp.pass && maskSecret(smtp.pass), source: 'database' as const };
    // Of the operator's mail server an organisation sees what every letter shows.
    const from = config.smtpHost === undefined ? null : (config.smtpFrom ?? config.smtpUser ?? null);
    const source = config.smtpHost === undefined ? ('none' as const) : ('env' as const);
    return { host: null, port: null, user: null, pass: null, from, secure: false, source };
  }

  return {
    /** The mail server that the organisation has set for itself. */
    async mailServerOf(organizationId: string): Promise<MailConfig | undefined> {
      const smtp = await settingsOf(organizationId);
      return smtp && mailConfigOf(smtp);
    },

    async get({ organizationId }: Actor) {
      return present(await settingsOf(organizationId));
    },

    /** @throws Failure VALIDATION_ERROR with every problem */
    async put(actor: Actor, body: SmtpBodyFields) {
      const { organizationId } = actor;
      return store.inTransaction(async (tx) => {
        const before = await settingsOf(organizationId, tx);
        const read = mergeSmtp(before, body);
        if ('problems' in read) throw new Failure('VALIDATION_ERROR', { details: read.problems });
        const { smtp } = read;
        if (smtp) {
          await store.put(tx, {
            ...{ organization_id: organizationId, area, updated_at: clock.now() },
            ...sealSmtp(vault, organizationId, smtp),
          });
        } else await store.remove(tx, organizationId, area);
        await deps.audit.record(tx, actor, {
          action: 'settings.update',
          resource: { type: area, id: null },
          ...auditedChange(before, smtp),
        });
        return {
          success: true,
          message: smtp
            ? 'Saved. Letters of this organization go through it from now on.'
            : 'Letters of this organization go through the mail server of this server.',
          smtp: present(smtp),
        };
      });
    },

    /**
     * Tries what a body would set, or what is set. What is wrong with it is an answer, not a failure.
     * @throws Failure VALIDATION_ERROR, RATE_LIMITED
     */
    async test(actor: Actor, body: SmtpBodyFields, sendTo: string | undefined): Promise<SmtpTested> {
      if (sendTo !== undefined && !isAddress(sendTo)) {
        throw new Failure('VALIDATION_ERROR', {
          details: [{ path: '/sendTo', problem: 'must be an e-mail address' }],
        });
      }
      const before = await settingsOf(actor.organizationId);
      const isGiven = Object.values(body).some((value) => value !== undefined && value !== null);
      const read = isGiven ? mergeSmtp(before, body) : { smtp: before };
      if ('problems' in read) throw new Failure('VALIDATION_ERROR', { details: read.problems });
      const { smtp } = read;
      deps.rate.count(actor.organizationId);
      if (smtp) return testSmtp(deps, mailConfigOf(smtp), { isOurs: false, sendTo });
      const nothing = { success: false, code: 'other' as const, durationMs: 0 };
      if (config.smtpHost === undefined) return { ...nothing, message: 'No mail server is set.' };
      if (sendTo !== undefined && sendTo !== (await store.addressOfUser(actor.userId))) {
        const message = 'Through the mail server of this server a test goes to your own address only.';
        return { ...nothing, message };
      }
      return testSmtp(deps, config, { isOurs: true, sendTo });
    },
  };
}

export type SmtpService = ReturnType<typeof createSmtpService>;

const isAddress = (text: string) => /^[^\s<>,;:"@]{1,64}@[^\s<>,;:"@]{1,253}$/.test(text);

/** Of the password only that it was replaced. */
function auditedChange(before: SmtpSettings | undefined, after: SmtpSettings | undefined) {
  const shown = (smtp: SmtpSettings | undefined) => ({
    ...{ host: smtp?.host ?? null, port: smtp?.port ?? null, user: smtp?.user ?? null },
    ...{ from: smtp?.from ?? null, secure: smtp?.secure ?? null },
  });
  const isReplaced = (before?.pass ?? null) !== (after?.pass ?? null);
  return {
    ...differences(shown(before), shown(after)),
    ...(isReplaced && { details: { pass: 'replaced' } }),
  };
}
