import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { GroupRefusal } from '../groups/refusal.ts';
import { PairingRefused } from '../login/pairing.ts';
import { MediaDamaged } from '../media/cipher.ts';
import { MediaRefused } from '../media/refusal.ts';
import { ContentRefused } from '../phone/contents/new-message.ts';
import { PhoneOffline } from '../phone/phones.ts';
import { sentence } from './problems.ts';

/** A request that can't be met, with its HTTP status and a sentence for whoever reads it. */
export class RequestFailure extends Error {
  readonly status: 400 | 403 | 404 | 409 | 416 | 501;
  readonly code: string;

  constructor(status: RequestFailure['status'], code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A request that a fault wants to fail with this HTTP status. */
export class FaultStruck extends Error {
  readonly status: number;

  constructor(name: string, status: number) {
    super(`The fault "${name}" is in force.`);
    this.status = status;
  }
}

/** What a group refuses, as HTTP says it; the network's own codes are close, but not the same. */
const GROUP_STATUS: Record<number, number> = {
  401: 403,
  403: 403,
  404: 404,
  406: 400,
  409: 409,
  410: 404,
  419: 409,
};

const PAIRING_STATUS: Record<PairingRefused['code'], 400 | 404 | 409> = {
  QR_INVALID: 400,
  CODE_WRONG: 400,
  QR_UNKNOWN: 404,
  CODE_UNKNOWN: 404,
  PAIRING_REFUSED: 409,
  DEVICE_LIMIT: 409,
  PHONE_OFFLINE: 409,
};

function describe(error: unknown): { status: number; code: string; message: string } {
  if (error instanceof FaultStruck) return { status: error.status, code: 'FAULT', message: error.message };
  if (error instanceof RequestFailure || error instanceof ContentRefused)
    return { status: error.status, code: error.code, message: error.message };
  if (error instanceof MediaRefused)
    return { status: error.status, code: error.code, message: error.message };
  if (error instanceof MediaDamaged)
    return { status: 409, code: 'MEDIA_DAMAGED', message: `The file can't be opened: ${error.message}.` };
  if (error instanceof PairingRefused)
    return { status: PAIRING_STATUS[error.code], code: error.code, message: error.message };
  if (error instanceof GroupRefusal) {
    const code = `GROUP_${error.text.replace(/-/g, '_').toUpperCase()}`;
    return { status: GROUP_STATUS[error.code] ?? 400, code, message: error.message };
  }
  if (error instanceof PhoneOffline)
    return { status: 409, code: 'PHONE_OFFLINE', message: 'The phone is switched off.' };
  const {
    statusCode = 500,
    message,
    code = 'INTERNAL',
    validation,
    validationContext,
  } = error as FastifyError;
  if (validation)
    return {
      status: 400,
      code: 'VALIDATION_ERROR',
      message: sentence(validation, validationContext ?? 'request'),
    };
  if (statusCode >= 500)
    return { status: 500, code: 'INTERNAL', message: 'Something failed in the sandbox; its log says what.' };
  return {
    status: statusCode,
    code: code.startsWith('FST_ERR_VALIDATION') ? 'VALIDATION_ERROR' : code,
    message,
  };
}

/** Answers a request whose address can't even be read, before any route is found for it. */
export function answerUnreadable(error: FastifyError, reply: FastifyReply): void {
  const { code, message } = describe(error);
  void reply.status(400).send({ error: { code, message } });
}

/** Gives every error the one shape `{error: {code, message}}`. */
export function answerFailures(app: FastifyInstance, log: (line: string, error?: unknown) => void): void {
  app.setErrorHandler((error, request, reply) => {
    const { status, code, message } = describe(error);
    // Without the query: it may carry an authorisation.
    if (code === 'INTERNAL') log(`${request.method} ${request.url.split('?')[0]} failed`, error);
    return reply.status(status).send({ error: { code, message } });
  });
  app.setNotFoundHandler((request, reply) => {
    const message = `There is no ${request.method} ${request.url.split('?')[0]}; see /api/docs.`;
    return reply.status(404).send({ error: { code: 'NOT_FOUND', message } });
  });
}
