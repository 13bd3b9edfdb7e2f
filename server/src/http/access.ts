import type { FastifyRequest } from 'fastify';
import type { Access, Actor, Authenticator } from '../platform/actor.ts';
import type { Clock } from '../platform/clock.ts';
import { Failure } from '../platform/failures.ts';
import type { App } from '../platform/feature.ts';
import { isPermission, permissions } from '../platform/permissions.ts';
import { isEverywhere, reachOf } from '../platform/reach.ts';
import { createGuessCounter } from './guesses.ts';
import { addressOf, originOf } from './origin.ts';

const words: readonly string[] = ['public', 'signed-in', 'person', ...permissions];

/** A route without a declared access is a hole: the boot refuses it with a sentence. */
export function assertAccess(method: string, url: string, access: Access | undefined): void {
  if (access && words.includes(access)) return;
  throw new Error(
    `${method} ${url} declares no access. Add config: { access } with 'public', 'signed-in', 'person' or a permission.`,
  );
}

/** Hears that somebody was refused for want of a permission; `path` is the route's, without ids in it. */
export type Denied = (actor: Actor, route: { method: string; path: string; access: Access }) => void;

/** Credentials come before the body is read and before anything is validated: 401, then 403, then the rest. */
export function checkAccess(
  app: App,
  options: {
    authenticator: Authenticator;
    clock: Clock;
    refusalsPerMinute: number;
    denied?: Denied | undefined;
  },
): void {
  const { authenticator, denied = () => undefined } = options;
  const guesses = createGuessCounter(options.clock, options.refusalsPerMinute);
  app.decorateRequest('actor', null as unknown as Actor);
  app.decorateRequest('actorNow', async function (this: FastifyRequest) {
    const known = await authenticator.authenticate(credentialsOf(this), { fresh: true });
    const { actor, refusal } = admit(known, this);
    if (refusal) throw refusal;
    return actor;
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const access = request.routeOptions.config.access;
    if (access === undefined || access === 'public' || request.is404) return done();
    const credentials = credentialsOf(request);
    authenticator.authenticate(credentials).then(
      (known) => {
        const { actor, refusal } = admit(known, request);
        request.actor = actor;
        done(refusal);
      },
      (error: unknown) => {
        const code = error instanceof Failure && error.status === 401 ? error.code : undefined;
        const guessed = code === 'INVALID_API_KEY' ? credentials.apiKey : undefined;
        const limited =
          code && code !== 'UNAUTHENTICATED' ? guesses.count(addressOf(request), guessed) : undefined;
        done((limited ?? error) as Error);
      },
    );
  });
  app.addHook('onError', (request, _reply, error: Error, done) => {
    const { url: path = '', config } = request.routeOptions;
    const isDenied = error instanceof Failure && error.code === 'PERMISSION_DENIED';
    if (isDenied && request.actor && config.access) {
      denied(request.actor, { method: request.method, path, access: config.access });
    }
    done();
  });
}

/** The caller with the reach that the route's permission has for them, and why the route refuses them if it does. */
function admit(known: Actor, request: FastifyRequest): { actor: Actor; refusal?: Failure | undefined } {
  const access = request.routeOptions.config.access ?? 'signed-in';
  const actor = { ...known, origin: originOf(request) };
  const reach = isPermission(access) ? reachOf(actor, access) : {};
  if (!reach) return { actor, refusal: lacking(access, actor) };
  return {
    actor: isEverywhere(reach) ? actor : { ...actor, reach },
    refusal: refusalOf(access, actor),
  };
}

function refusalOf(access: Access, actor: Actor): Failure | undefined {
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
