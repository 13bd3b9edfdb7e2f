import type { Access, Actor } from '../platform/actor.ts';
import type { FailureCode } from '../platform/failures.ts';
import type { Drain } from './drain.ts';
import type { IdempotencyClaim } from './idempotency.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call. Every route declares it; the boot refuses one that does not. */
    access?: Access;
    /**
     * Whether `Idempotency-Key` counts here: `true` remembers the answer after the handler, `'in-transaction'`
     * leaves it to the service, which stores it together with the effect.
     */
    idempotent?: true | 'in-transaction';
    /** `beside` keeps the fields of the body next to the envelope as well; `never` leaves the body alone. */
    envelope?: 'beside' | 'never';
    /** How long its body may take to arrive, where the usual time is too short for it. */
    bodyMsMax?: number;
    /** Set by the door: the failure codes this route declared. */
    failures?: readonly FailureCode[];
    /** Set by the door: the success statuses this route declared. */
    successes?: readonly number[];
  }
  interface FastifyInstance {
    drain: Drain;
  }
  interface FastifyReply {
    /** Names fields that do nothing, beside those that are named already: for what only a handler understands. */
    nameIgnored(paths: readonly string[]): void;
  }
  interface FastifyRequest {
    /** Fields of the body that this route does not know, as paths; see `ignored-fields.ts`. */
    ignoredFields: readonly string[] | undefined;
    /** Who calls; absent on public routes. */
    actor: Actor;
    /**
     * Asks for the credentials once more, for answers that go on for long; what they allow may have changed.
     * Throws what the door would refuse with.
     */
    actorNow(): Promise<Actor>;
    /** The claim behind an `Idempotency-Key`, on routes where it counts. */
    idempotency: IdempotencyClaim | undefined;
  }
}
