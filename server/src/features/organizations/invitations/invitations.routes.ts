import { failsWith } from '../../../http/fails-with.ts';
import { originOf } from '../../../http/origin.ts';
import type { App } from '../../../platform/feature.ts';
import { type BrowserSessions, cookieWords, TokenResponse } from '../../auth/index.ts';
import type { AcceptService } from './accept.service.ts';
import * as wire from './invitations.schema.ts';

const tags = ['Organizations'];

/** `/auth/invitations`: what somebody with the link of an invitation does with it. */
export function invitationRoutes(app: App, service: AcceptService, pages: BrowserSessions): void {
  app.post(
    '/auth/invitations/look',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'See what an invitation offers; it stays open.',
        body: wire.LookAtInvitation,
        response: { 200: wire.Invitation, ...failsWith('LINK_NOT_VALID') },
      },
    },
    async (request) => service.look(request.body, originOf(request)),
  );

  app.post(
    '/auth/invitations/accept',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Accept an invitation with a password of your own and receive tokens.',
        description:
          'An invitation is good once. It gives no more than whoever sent it may do by then, and ends when they ' +
          'are removed. An address that came to belong to another organization meanwhile is refused. ' +
          cookieWords,
        body: wire.AcceptInvitation,
        response: {
          201: TokenResponse,
          ...failsWith('LINK_NOT_VALID', 'EMAIL_TAKEN', 'CROSS_ORIGIN_REFUSED'),
        },
      },
    },
    async (request, reply) => {
      const tokens = await service.accept(request.body, pages.originOf(request));
      return reply.code(201).send(pages.answer(request, reply, tokens));
    },
  );
}
