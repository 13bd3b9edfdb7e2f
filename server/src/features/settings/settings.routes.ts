import { failsWith } from '../../http/fails-with.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './smtp.schema.ts';
import type { SmtpService } from './smtp.service.ts';

const tags = ['Settings'];

/** `/settings`: what an organisation sets for itself in place of the server's settings. */
export function settingsRoutes(app: App, { smtp }: { smtp: SmtpService }): void {
  app.get(
    '/settings/smtp',
    {
      config: { access: 'settings:read' },
      schema: {
        tags,
        summary: 'The mail server of the organisation, its password masked.',
        response: { 200: wire.Smtp },
      },
    },
    async ({ actor }) => smtp.get(actor),
  );
  app.put(
    '/settings/smtp',
    {
      config: { access: 'settings:update' },
      schema: {
        tags,
        summary: 'Set a mail server for the letters of the organisation, such as invitations.',
        description:
          'It counts at once, also for letters that wait. Letters about the account of a person (a forgotten password) stay ' +
          'with the mail server of this server: nobody else may read them.',
        body: wire.SmtpBody,
        response: { 200: wire.SmtpSaved, ...failsWith('VALIDATION_ERROR') },
      },
    },
    async ({ actor, body }) => smtp.put(actor, body),
  );
  app.post(
    '/settings/smtp/test',
    {
      config: { access: 'settings:update' },
      schema: {
        tags,
        summary: 'Try a mail server: connect, log in, and with `sendTo` send a letter.',
        description:
          'Says in words what went wrong. Ten times a minute at most; private addresses only where `OUTBOUND_ALLOW` names them.',
        querystring: wire.SmtpTestQuery,
        body: wire.SmtpTestBody,
        response: { 200: wire.SmtpTested, ...failsWith('VALIDATION_ERROR', 'RATE_LIMITED') },
      },
    },
    async ({ actor, body, query }) => smtp.test(actor, body, query.sendTo || undefined),
  );
}
