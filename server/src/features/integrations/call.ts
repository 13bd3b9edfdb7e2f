import type { Readable } from 'node:stream';
import { Failure } from '../../platform/failures.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import { OutboundFailed } from '../../platform/outbound/outbound-failed.ts';
import type { TestFault } from './integrations.schema.ts';

/** A call to another program that did not succeed, in words. */
export class CallFailed extends Error {
  readonly fault: TestFault;
  /** Of the answer; null when there was none. */
  readonly status: number | null;
  /** The same call may succeed later. */
  readonly isPassing: boolean;

  constructor(
    says: string,
    about: { fault: TestFault; status?: number; isPassing: boolean; cause?: unknown },
  ) {
    super(says, { cause: about.cause });
    this.name = 'CallFailed';
    this.fault = about.fault;
    this.status = about.status ?? null;
    this.isPassing = about.isPassing;
  }
}

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  /** JSON. */
  json?: unknown;
  /** Anything else; its headers say what. */
  body?: Readable;
  timeoutMs?: number;
}

/** Chatwoot takes its time with files; a server that hangs holds up its own organisation only. */
const timeoutMsUsual = 15_000;
const answerBytesMax = 2 * 1024 * 1024;
const saidLengthMax = 200;

/** Calls another program and reads the JSON it answers. `who` names it in sentences. @throws CallFailed */
export async function callJson(
  outbound: Pick<Outbound, 'request'>,
  who: string,
  call: Call,
): Promise<unknown> {
  const isJson = call.json !== undefined;
  const answer = await outbound
    .request(call.url, {
      method: call.method,
      headers: {
        accept: 'application/json',
        'user-agent': 'MultiWA',
        ...(isJson && { 'content-type': 'application/json' }),
        ...call.headers,
      },
      ...(isJson && { body: JSON.stringify(call.json) }),
      ...(call.body && { body: call.body }),
      timeoutMs: call.timeoutMs ?? timeoutMsUsual,
      bytesMax: answerBytesMax,
    })
    .catch((error: unknown) => {
      call.body?.destroy();
      throw notAnswered(who, error);
    });
  const text = answer.body.toString('utf8');
  if (answer.status < 200 || answer.status > 299) throw refused(who, answer.status, text);
  if (text.trim() === '') return undefined;
  try {
    if (!answer.complete) throw new Error('too long, or broken off');
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const says = `${who} answered something that is not its API: is the address right?`;
    throw new CallFailed(says, { fault: 'answer', status: answer.status, isPassing: true, cause });
  }
}

function notAnswered(who: string, error: unknown): unknown {
  if (error instanceof Failure) {
    return new CallFailed(error.message, { fault: 'target', isPassing: true, cause: error });
  }
  if (!(error instanceof OutboundFailed)) return error;
  const fault = /resolved/.test(error.message) ? 'dns' : 'connection';
  return new CallFailed(`${who} could not be reached: ${error.message}`, {
    fault,
    isPassing: true,
    cause: error,
  });
}

function refused(who: string, status: number, text: string): CallFailed {
  const said = saidIn(text);
  const because = said === '' ? '' : `: ${said}`;
  if (status === 401) {
    const says = `${who} refused the token${because}`;
    return new CallFailed(says, { fault: 'login', status, isPassing: true });
  }
  if (status === 403) {
    const says = `The token may not do that at ${who}${because}`;
    return new CallFailed(says, { fault: 'permission', status, isPassing: true });
  }
  if (status === 404) {
    const says = `${who} does not know what was asked for${because}`;
    // A page instead of the API is a wrong address, which somebody mends.
    return new CallFailed(says, { fault: 'not-found', status, isPassing: /^\s*</.test(text) });
  }
  if (status >= 300 && status < 400) {
    const says = `${who} redirects (HTTP ${status}): give the address that it redirects to.`;
    return new CallFailed(says, { fault: 'answer', status, isPassing: true });
  }
  const isPassing = status >= 500 || status === 408 || status === 425 || status === 429;
  return new CallFailed(`${who} answered HTTP ${status}${because}`, { fault: 'answer', status, isPassing });
}

/** What a refusal says of itself, on one line; nothing of pages. */
function saidIn(text: string): string {
  const flat = (value: unknown) =>
    String(value)
      .replaceAll(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, saidLengthMax);
  try {
    const { message, error, errors } = JSON.parse(text) as Record<string, unknown>;
    const first = [message, error, Array.isArray(errors) ? errors[0] : undefined].find(
      (one) => typeof one === 'string',
    );
    return first === undefined ? '' : flat(first);
  } catch {
    return /^\s*</.test(text) ? '' : flat(text.slice(0, saidLengthMax * 2));
  }
}

/** A field of something that came from outside. */
export function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** The same for what should be a list. */
export function listIn(value: unknown, name: string): unknown[] {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
}

/** A number with which another program counts its things. */
export function idIn(value: unknown, name = 'id'): number | undefined {
  const found = field(value, name);
  const number = typeof found === 'string' && /^\d{1,15}$/.test(found) ? Number(found) : found;
  return Number.isSafeInteger(number) && (number as number) > 0 ? (number as number) : undefined;
}

export function stringIn(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' ? found : undefined;
}
