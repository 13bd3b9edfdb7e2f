import type { FastifyRequest } from 'fastify';
import type { Access, Actor, Authenticator, Permission } from '../platform/actor.ts';
import { permissions } from '../platform/actor.ts';
import type { Clock } from '../platform/clock.ts';
import { Failure } from '../platform/failures.ts';
import type { App } from '../platform/feature.ts';
import { isEverywhere, reachOf } from '../platform/reach.ts';
import { createGuessCounter } from './guesses.ts';
import { originOf } from './origin.ts';

const words = new Set<string>(['public', 'signed-in', 'person', ...permissions]);

/** A route without a declared access is a hole: the boot refuses it with a sentence. */
export function assertAccess(method: string, url: string, access: Access | undefined): void {
  if (access && words.has(access)) return;
  throw new Error(
    `${method} ${url} declares no access. Add config: { access } with 'public', 'signed-in', 'person' or a permission.`,
  );
}

/** Credentials come before the body is read and before anything is validated: 401, then 403, then the rest. */
export function checkAccess(app: App, authenticator: Authenticator, clock: Clock): void {
  const guesses = createGuessCounter(clock);
  app.decorateRequest('actor', null as unknown as Actor);
  app.addHook('onRequest', (request, _reply, done) => {
    const access = request.routeOptions.config.access;
    if (access === undefined || access === 'public' || request.is404) return done();
    const credentials = credentialsOf(request);
    authenticator.authenticate(credentials).then(
      (known) => {
        const actor = { ...known, origin: originOf(request) };
        const reach = isPermission(access) ? reachOf(actor, access) : {};
        request.actor = reach && !isEverywhere(reach) ? { ...actor, reach } : actor;
        done(reach ? refusal(access, actor) : lacking(access, actor));
      },
      (error: unknown) => {
        const guessed = error instanceof Failure && error.code === 'INVALID_API_KEY' && credentials.apiKey;
        const limited = guessed ? guesses.count(request.ip, guessed) : undefined;
        done((limited ?? error) as Error);
      },
    );
  });
}

const isPermission = (access: Access): access is Permission =>
  access !== 'public' && access !== 'signed-in' && access !== 'person';

function refusal(access: Access, actor: Actor): Failure | undefined {
  if (access !== 'person' || actor.kind === 'user') return undefined;
  return new Failure('PERMISSION_DENIED', { says: 'Only a signed-in person may do this, not an API key.' });
}

function lacking(access: Access, actor: Actor): Failure {
  const says =
    actor.kind === 'api-key'
      ? `API key missing required scope(s): ${access}`
      : `Your role lacks the permission ${access}.`;
  return new Failure('PERMISSION_DENIED', { says });
}

/** Keys are taken from headers only: an address with a secret in it ends up in logs. */
function credentialsOf(request: FastifyRequest): { bearer?: string; apiKey?: string } {
  const { authorization, 'x-api-key': apiKey } = request.headers;
  const bearer = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return { ...(bearer && { bearer }), ...(typeof apiKey === 'string' && apiKey !== '' && { apiKey }) };
}
