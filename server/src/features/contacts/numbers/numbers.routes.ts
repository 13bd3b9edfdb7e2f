import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { pathId } from '../../../http/path-id.ts';
import { Failure } from '../../../platform/failures.ts';
import type { App } from '../../../platform/feature.ts';
import type { NumberChecks as Checks } from './check-numbers.ts';
import { CheckNumbers, NumberCheck, NumberChecks } from './numbers.schema.ts';

const tags = ['Contacts'];
const config = { access: 'contact:read' } as const;
const profileId = pathId('PROFILE_NOT_FOUND');
const missing = failsWith('PROFILE_NOT_FOUND');
const description =
  'Asks WhatsApp through the connection of the profile, and believes an answer for a day, that there is no account for ' +
  'an hour. A profile asks about 1000 numbers an hour at most; `reason` says why one is not known.';

/** `/contacts/profile/:profileId/validate`: whether numbers are on WhatsApp. */
export function numberRoutes(app: App, checks: Checks): void {
  app.get(
    '/contacts/profile/:profileId/validate/:phone',
    {
      config,
      schema: {
        tags,
        summary: 'Check whether a number can be dialled and is on WhatsApp.',
        description,
        params: Type.Object({ profileId, phone: Type.String({ maxLength: 200 }) }),
        response: { 200: NumberCheck, ...missing },
      },
    },
    async ({ actor, params }) => {
      const [check] = await checks.check(actor, params.profileId, [params.phone]);
      if (!check) throw new Failure('INTERNAL_ERROR', { cause: 'a number was not checked' });
      return check;
    },
  );

  app.post(
    '/contacts/profile/:profileId/validate',
    {
      config,
      schema: {
        tags,
        summary: 'Check whether numbers can be dialled and are on WhatsApp.',
        description,
        params: Type.Object({ profileId }),
        body: CheckNumbers,
        response: { 201: NumberChecks, ...missing },
      },
    },
    async ({ actor, params, body }, reply) => {
      const results = await checks.check(actor, params.profileId, body.phones);
      return reply.status(201).send({
        total: results.length,
        valid: results.filter(({ validFormat }) => validFormat).length,
        onWhatsApp: results.filter(({ onWhatsApp }) => onWhatsApp === true).length,
        unknown: results.filter(({ onWhatsApp }) => onWhatsApp === null).length,
        results,
      });
    },
  );
}
