import { failsWith } from '../../../http/fails-with.ts';
import { Success } from '../../../http/schema.ts';
import type { App } from '../../../platform/feature.ts';
import { ChangePasswordBody } from './password.schema.ts';
import type { Passwords } from './password.service.ts';

/** `/auth/change-password`. */
export function passwordRoutes(app: App, passwords: Passwords): void {
  app.post(
    '/auth/change-password',
    {
      config: { access: 'person' },
      schema: {
        tags: ['Auth'],
        summary: 'Change the own password; every other session ends at once.',
        body: ChangePasswordBody,
        response: { 200: Success, ...failsWith('PASSWORD_INCORRECT') },
      },
    },
    async (request) => passwords.change(request.actor, request.body),
  );
}
