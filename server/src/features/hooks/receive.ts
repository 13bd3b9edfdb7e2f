import { type Clock, later } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import { afterCommit, type Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import type { Log } from '../../platform/log.ts';
import type { Rate } from '../../platform/rate.ts';
import type { Starting } from '../automation/index.ts';
import { type Messages, typesWithFile } from '../messages/index.ts';
import { openHookSecret, presentReceived } from './hooks.present.ts';
import { tokenHash } from './hooks.service.ts';
import type { HookRow, HookStore } from './hooks.store.ts';
import { keptHeaders, readPayload } from './payload.ts';
import { type ReadMessage, readerOf, readMessage } from './read-message.ts';
import type { NewReceipt, ReceiptRow, ReceiptStore } from './receipts.store.ts';
import { type RepeatKey, repeatKeyOf } from './repeats.ts';
import { whyNotSigned } from './signature.ts';

/** What another program posted. */
interface Posted {
  token: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  raw: Buffer;
}

/** The same body within this time is a repetition. */
const sameBodyMs = 60_000;
const payloadBytesMax = 128 * 1024;
/** Of each hook so many payloads are kept. */
const payloadsKept = 100;
const errorLengthMax = 1_000;

type Outcome = Pick<NewReceipt, 'status'> & Partial<NewReceipt>;

export function createReceiver(deps: {
  clock: Clock;
  log: Log;
  vault: Vault;
  store: HookStore;
  receipts: ReceiptStore;
  /** No sender may fill the log or the queue of a profile. */
  rate: Rate;
  messages: Pick<Messages, 'readSend' | 'prepare' | 'deliver'>;
  automations: Starting;
}) {
  const { clock, store, receipts, messages } = deps;

  async function hookOf(token: string): Promise<HookRow> {
    const hook = await store.findByToken(tokenHash(token));
    if (!hook) throw new Failure('HOOK_NOT_FOUND');
    return hook;
  }

  /** The message and its receipt in one transaction: a delivery that comes again finds the receipt, or neither is there. */
  async function send(
    hook: HookRow,
    message: ReadMessage & { is: 'message' },
    repeat: RepeatKey,
    keep: (outcome: Outcome, tx: Tx) => Promise<ReceiptRow>,
  ): Promise<ReceiptRow> {
    const tenancy = { organizationId: hook.organization_id };
    const origin = { kind: 'hook', id: hook.id };
    const body = { ...message.fields, profileId: hook.profile_id, to: message.to };
    const since = later(clock.now(), -sameBodyMs);
    const asBefore = ({ message_id, wa_message_id }: ReceiptRow): Outcome => ({
      status: 'duplicate',
      ...{ message_id, wa_message_id },
    });
    // A file is fetched before the transaction, and not again for a repetition.
    const isFile = typesWithFile.includes(message.type);
    const before = isFile ? await receipts.repeated(store.db, hook.id, repeat, since) : undefined;
    const prepared =
      isFile && !before ? await messages.prepare(tenancy, { type: message.type, body, origin }) : undefined;
    return store.inTransaction(async (tx) => {
      if (!(await receipts.take(tx, hook.id, repeat))) {
        throw new Failure('IDEMPOTENCY_IN_PROGRESS', { retryAfterSeconds: 1 });
      }
      const earlier = before ?? (await receipts.repeated(tx, hook.id, repeat, since));
      if (earlier) return keep(asBefore(earlier), tx);
      const sent = await messages.deliver(tx, tenancy, {
        ...{ type: prepared?.type ?? message.type, body, origin },
        ...(prepared && { content: prepared.content }),
      });
      return keep(
        {
          ...{ status: 'sent', message_id: sent.messageId, wa_message_id: sent.waMessageId },
          missing: message.missing,
        },
        tx,
      );
    });
  }

  /** The same of a run that is started; what it may not do now is told and not made good later. */
  async function start(
    hook: HookRow,
    message: ReadMessage & { is: 'message' },
    repeat: RepeatKey,
    keep: (outcome: Outcome, tx: Tx) => Promise<ReceiptRow>,
  ): Promise<ReceiptRow> {
    const row =
      hook.automation_id === null
        ? undefined
        : await deps.automations.find({ organizationId: hook.organization_id }, hook.automation_id);
    if (!row) throw new Failure('AUTOMATION_NOT_FOUND');
    const order = await deps.automations.prepare(row, { to: message.to, variables: message.fields });
    const since = later(clock.now(), -sameBodyMs);
    const { missing } = message;
    return store.inTransaction(async (tx) => {
      if (!(await receipts.take(tx, hook.id, repeat))) {
        throw new Failure('IDEMPOTENCY_IN_PROGRESS', { retryAfterSeconds: 1 });
      }
      const before = await receipts.repeated(tx, hook.id, repeat, since);
      if (before) return keep({ status: 'duplicate', run_id: before.run_id }, tx);
      const runId = await deps.automations.start(tx, order);
      if (runId) return keep({ status: 'sent', run_id: runId, missing }, tx);
      return keep(
        { status: 'skipped', missing, error: 'A limit is reached, or a person answers there.' },
        tx,
      );
    });
  }

  async function make(
    hook: HookRow,
    read: ReadMessage,
    repeat: RepeatKey,
    keep: (outcome: Outcome, tx?: Tx) => Promise<ReceiptRow>,
  ): Promise<ReceiptRow> {
    if (read.is === 'message') {
      try {
        return await (hook.target === 'automation' ? start : send)(hook, read, repeat, keep);
      } catch (error) {
        // What heals by itself is answered as such: the sender tries again.
        if (!(error instanceof Failure) || error.status >= 500 || retried.includes(error.code)) throw error;
        const { missing } = read;
        return keep({ status: 'failed', missing, error_code: error.code, error: sentenceOf(error) });
      }
    }
    if (read.is !== 'wrong') return keep({ status: read.is });
    const error = sentenceOf(new Failure('VALIDATION_ERROR', { details: read.problems }));
    return keep({ status: 'failed', missing: read.missing, error_code: 'VALIDATION_ERROR', error });
  }

  /**
   * Takes in what was posted: once this has answered, the message will be sent or visibly fail.
   * @throws Failure HOOK_NOT_FOUND, HOOK_SIGNATURE_INVALID, RATE_LIMITED, IDEMPOTENCY_IN_PROGRESS, or what is wrong with the
   * body
   */
  return async ({ token, headers: all, raw }: Posted) => {
    const hook = await hookOf(token);
    deps.rate.count(hook.id);
    const headers = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));
    const shown = keptHeaders(all);
    const receivedAt = clock.now();

    const keepAs =
      (repeat: RepeatKey, payload: string | null) =>
      async (outcome: Outcome, tx?: Tx): Promise<ReceiptRow> => {
        const forget = () =>
          receipts
            .forgetPayloads(hook.id, payloadsKept)
            .catch((err: unknown) =>
              deps.log.warn({ err, hookId: hook.id }, 'old payloads of a hook are still kept'),
            );
        const row: NewReceipt = {
          ...{ id: newId(), hook_id: hook.id, repeat_key: repeat.key, has_own_key: repeat.isOwn },
          ...{ headers: JSON.stringify(shown), bytes: raw.length, received_at: receivedAt },
          payload: outcome.status === 'duplicate' ? null : payload,
          ...outcome,
        };
        const kept = await receipts.insert(tx ?? store.db, row);
        if (row.payload !== null && tx) afterCommit(tx, forget);
        else if (row.payload !== null) await forget();
        return kept;
      };

    async function refuse(failure: Failure): Promise<never> {
      const keep = keepAs(repeatKeyOf(headers, raw, undefined, 'none'), null);
      await keep({ status: 'refused', error_code: failure.code, error: sentenceOf(failure) });
      throw failure;
    }

    if (isPing(hook, raw)) {
      return presentReceived(
        await keepAs(repeatKeyOf(headers, raw, {}, 'none'), null)({ status: 'skipped' }),
      );
    }
    const secret = openHookSecret(deps.vault, hook) ?? '';
    const why = whyNotSigned(hook.signature, secret, { headers, raw }, receivedAt);
    if (why) return refuse(new Failure('HOOK_SIGNATURE_INVALID', { says: why }));
    let payload: unknown;
    try {
      payload = readPayload(raw, headers['content-type']);
    } catch (error) {
      if (error instanceof Failure) return refuse(error);
      throw error;
    }
    const read = readMessage(readerOf(hook, messages.readSend), hook.mapping, { payload, headers: shown });
    const text = JSON.stringify(payload);
    const repeat = repeatKeyOf(headers, raw, payload, hook.signature.form);
    const keep = keepAs(repeat, Buffer.byteLength(text) > payloadBytesMax ? null : text);
    return presentReceived(await make(hook, read, repeat, keep));
  };
}

/** Of the failures below 500, those that end by themselves. */
const retried = ['IDEMPOTENCY_IN_PROGRESS', 'RATE_LIMITED'];

/** WooCommerce asks once, unsigned, whether anybody is there, and keeps no webhook that does not answer 200. */
function isPing({ signature }: HookRow, raw: Buffer): boolean {
  return (
    signature.form === 'woocommerce' &&
    raw.length < 40 &&
    /^webhook_id=\d{1,20}$/.test(raw.toString('latin1'))
  );
}

/** What went wrong, with every problem in it. */
function sentenceOf({ message, details = [] }: Failure): string {
  const problems = details.map(({ path, problem }) => `${path || 'the body'} ${problem}`);
  return [message, ...problems].join(' ').slice(0, errorLengthMax);
}
