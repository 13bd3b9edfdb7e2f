import { failsWith } from '../../http/fails-with.ts';
import { byId } from '../../http/path-id.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './sending-policy.schema.ts';
import type { SendingPolicyService } from './sending-policy.service.ts';

const tags = ['Profiles'];
const params = byId('PROFILE_NOT_FOUND');

/** `/profiles/:id/sending-policy`: what a profile holds itself to. */
export function sendingPolicyRoutes(app: App, service: SendingPolicyService): void {
  app.get(
    '/profiles/:id/sending-policy',
    {
      config: { access: 'profile:read' },
      schema: {
        tags,
        summary: 'What the campaigns of a profile hold themselves to.',
        params,
        response: { 200: wire.SendingPolicy, ...failsWith('PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, params: { id } }) => service.get(actor, id),
  );
  app.put(
    '/profiles/:id/sending-policy',
    {
      config: { access: 'profile:update' },
      schema: {
        tags,
        summary: 'Set what the campaigns of a profile hold themselves to.',
        description:
          'Everything is off unless set, but for three: who opted out of marketing is sent none, numbers known not to be on ' +
          'WhatsApp are left out, and a campaign pauses by itself when too many refuse it. Single messages and answers are never ' +
          'kept back, but for those that `also` names.',
        params,
        body: wire.SetSendingPolicy,
        response: { 200: wire.SendingPolicy, ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, params: { id }, body }) => service.set(actor, id, body),
  );
}
