import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import type { App } from '../../../platform/feature.ts';
import { SuccessMessage } from '../fields.ts';
import * as wire from './two-factor.schema.ts';
import type { TwoFactor } from './two-factor.service.ts';

const tags = ['Auth'];
const proofFailures = failsWith('TWO_FACTOR_NOT_ENABLED', 'PASSWORD_INCORRECT', 'TWO_FACTOR_CODE_INVALID');

/** `/auth/2fa`: the second factor of the signed-in person. */
export function twoFactorRoutes(app: App, twoFactor: TwoFactor): void {
  app.post(
    '/auth/2fa/setup',
    {
      config: { access: 'person' },
      schema: {
        tags,
        summary: 'Get a new secret for an authenticator app; nothing asks for it until it is enabled.',
        body: Type.Object({}, { examples: [{}] }),
        response: { 200: wire.TwoFactorSecret, ...failsWith('TWO_FACTOR_ALREADY_ENABLED') },
      },
    },
    async (request) => twoFactor.setUp(request.actor),
  );

  app.post(
    '/auth/2fa/enable',
    {
      config: { access: 'person' },
      schema: {
        tags,
        summary: 'Switch the second factor on with a first code, and receive backup codes.',
        body: wire.EnableBody,
        response: {
          200: wire.TwoFactorEnabled,
          ...failsWith('TWO_FACTOR_ALREADY_ENABLED', 'TWO_FACTOR_NOT_SET_UP', 'TWO_FACTOR_CODE_INVALID'),
        },
      },
    },
    async (request) => twoFactor.enable(request.actor, request.body.token),
  );

  app.post(
    '/auth/2fa/disable',
    {
      config: { access: 'person' },
      schema: {
        tags,
        summary: 'Switch the second factor off, with the current password or a code.',
        description: 'Every other session ends.',
        body: wire.ProofBody,
        response: { 200: SuccessMessage, ...proofFailures },
      },
    },
    async (request) => twoFactor.disable(request.actor, request.body),
  );

  app.post(
    '/auth/2fa/backup-codes',
    {
      config: { access: 'person' },
      schema: {
        tags,
        summary: 'Replace all backup codes, with the current password or a code.',
        body: wire.ProofBody,
        response: { 200: wire.BackupCodes, ...proofFailures },
      },
    },
    async (request) => twoFactor.renewCodes(request.actor, request.body),
  );
}
