/**
 * `Idempotency-Key`: a repeated request gets the first one's answer and has no second effect.
 *
 * A route opts in by `config.idempotent`. With `true` the door claims the key before the handler and stores
 * the answer after it: right for effects that may be repeated after a crash. With `'in-transaction'` the
 * claim arrives as `request.idempotency`, and the service lets effect and answer commit together:
 *
 *     return idempotency.once(request.idempotency, 201, async (tx) => { …effect…; return answer; });
 *
 * or, inside a transaction of its own, `await begin(tx, claim)` first and `await finish(tx, claim, 201, answer)`
 * last. Either all of it is there after a crash or none. `begin` throws `Replayed` when the answer exists;
 * nobody needs to catch it, the door sends the stored answer with `Idempotent-Replayed: true`.
 * Only successes are remembered, for 24 hours. A key is its caller's own (a person's, or an API key's): the same
 * text from anybody else has nothing to do with it.
 */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../platform/db/transaction.ts';
import { Failure } from '../platform/failures.ts';
import {
  giveBack,
  type IdempotencyClaim,
  purgeKeys,
  storeAnswer,
  takeKey,
  usedKey,
} from './idempotency.store.ts';

export type { IdempotencyClaim } from './idempotency.store.ts';

export interface Idempotency {
  /** Runs the work and stores its answer in one transaction; without a claim it only runs it. */
  once<Answer>(
    claim: IdempotencyClaim | undefined,
    statusCode: number,
    work: (tx: Tx) => Promise<Answer>,
  ): Promise<Answer>;
  /**
   * Takes the key; does nothing without a claim.
   * @throws Replayed with the earlier answer; Failure IDEMPOTENCY_IN_PROGRESS or IDEMPOTENCY_KEY_REUSED.
   */
  begin(tx: Tx | Db, claim: IdempotencyClaim | undefined): Promise<void>;
  /**
   * Before work that may fail for the time that has passed: does nothing unless the key was answered, and takes none.
   * @throws Replayed with the earlier answer
   */
  recall(claim: IdempotencyClaim | undefined): Promise<void>;
  /** Stores the answer; again, when a later one is better (a send that was waited for). */
  finish(tx: Tx | Db, claim: IdempotencyClaim | undefined, statusCode: number, body: unknown): Promise<void>;
  /** Gives the key back after a failure. */
  cancel(tx: Tx | Db, claim: IdempotencyClaim): Promise<void>;
  /** Deletes what is kept no longer; returns how many. */
  purge(): Promise<number>;
}

/** Not a failure: the answer that was given before, on its way to the client. */
export class Replayed extends Error {
  readonly statusCode: number;
  readonly body: unknown;

  constructor(statusCode: number, body: unknown) {
    super('answered before');
    this.statusCode = statusCode;
    this.body = body;
  }
}

export function replay({ statusCode, body }: Replayed, reply: FastifyReply): void {
  reply.code(statusCode).header('idempotent-replayed', 'true').send(body);
}

export function createIdempotency({ db, clock }: { db: Db; clock: Clock }): Idempotency {
  const begin: Idempotency['begin'] = async (tx, claim) => {
    if (!claim || (await takeKey(tx, claim, clock.now()))) return;
    const row = await usedKey(tx, claim);
    if (row && (row.route !== claim.route || !row.body_hash.equals(claim.bodyHash))) {
      throw new Failure('IDEMPOTENCY_KEY_REUSED');
    }
    if (row?.status_code == null) throw new Failure('IDEMPOTENCY_IN_PROGRESS', { retryAfterSeconds: 1 });
    throw new Replayed(row.status_code, row.body);
  };

  const recall: Idempotency['recall'] = async (claim) => {
    const row = claim && (await usedKey(db, claim));
    const isSame = row && row.route === claim.route && row.body_hash.equals(claim.bodyHash);
    if (isSame && row.status_code !== null && row.expires_at > clock.now()) {
      throw new Replayed(row.status_code, row.body);
    }
  };

  const finish: Idempotency['finish'] = async (tx, claim, statusCode, body) => {
    if (!claim) return;
    await storeAnswer(tx, claim, statusCode, body);
  };

  return {
    begin,
    recall,
    finish,
    once: (claim, statusCode, work) =>
      inTransaction(db, async (tx) => {
        await begin(tx, claim);
        const answer = await work(tx);
        await finish(tx, claim, statusCode, answer);
        return answer;
      }),
    cancel: giveBack,
    purge: () => purgeKeys(db, clock.now()),
  };
}

/** The claim that a request makes, if it carries a key. */
export function claimOf(request: FastifyRequest): IdempotencyClaim | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  const problem = problemOf(String(key));
  if (problem) throw new Failure('VALIDATION_ERROR', { details: [{ path: 'Idempotency-Key', problem }] });
  const { organizationId, apiKeyId, userId } = request.actor;
  return {
    organizationId,
    caller: apiKeyId ? `key ${apiKeyId}` : `user ${userId}`,
    key: String(key),
    route: `${request.method} ${request.url.split('?', 1)[0]}`,
    bodyHash: createHash('sha256')
      .update(JSON.stringify(request.body ?? null))
      .digest(),
  };
}

/** Why a text can't be a key: anything printable in ASCII may be, spaces too. */
function problemOf(key: string): string | undefined {
  if (key === '') return 'is empty; send 1 to 255 printable ASCII characters';
  if (key.length > 255) return `has ${key.length} characters; 255 are the most`;
  const odd = /[^\x20-\x7e]/.exec(key)?.[0];
  if (odd === undefined) return undefined;
  const code = odd.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return `has the character U+${code} at ${key.indexOf(odd) + 1}; send printable ASCII characters only`;
}
