import type { Json } from '../../../platform/db/json-column.ts';
import { Failure } from '../../../platform/failures.ts';
import { atPointer } from '../../../platform/json-pointer.ts';
import { parseJsonText } from '../../../platform/json-text.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import { OutboundFailed } from '../../../platform/outbound/outbound-failed.ts';
import type { Call, Effect } from '../actions/action.ts';
import { doneExit } from '../program/program.ts';
import type { Told } from './ask-model.ts';

/** What another program answered. */
type Answer = { status: number; ok: boolean; body: Json | undefined } | { error: string };

const timeoutMs = 10_000;
const bytesMax = 65_536;

/** Asks another program. Redirects are not followed, and of a long answer the beginning is read. */
export async function makeCall(
  outbound: Pick<Outbound, 'request'>,
  call: Call,
  key: string,
): Promise<Answer> {
  const { url, method, body, headers = {} } = call;
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const defaults = { 'user-agent': 'MultiWA', accept: 'application/json' };
  const own = { 'idempotency-key': key, ...(body && { 'content-type': 'application/json' }) };
  try {
    const answer = await outbound.request(url, {
      ...{ method, timeoutMs, bytesMax },
      headers: { ...defaults, ...Object.fromEntries(given), ...own },
      ...(body && { body: JSON.stringify(body) }),
    });
    const ok = answer.status >= 200 && answer.status < 300;
    return { status: answer.status, ok, body: answer.complete ? readJson(answer.body) : undefined };
  } catch (error) {
    if (error instanceof Failure || error instanceof OutboundFailed) return { error: error.message };
    throw error;
  }
}

function readJson(bytes: Buffer): Json | undefined {
  try {
    const value = parseJsonText(bytes);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch (error) {
    // What is no JSON that can be kept is no answer.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

const repliesMax = 5;
const hoursHandedOver = 12;
const said = (value: unknown): string[] => (typeof value === 'string' && value.trim() !== '' ? [value] : []);

/** What an answer comes to: one other than 2xx is an error. Values of `save` are kept by their names. */
export function toldBy(answer: Answer, call: Call, { save }: Json): Told {
  if ('error' in answer) return { error: answer.error, data: { error: answer.error } };
  const { status, ok, body } = answer;
  const vars = { 'webhook.status': String(status) };
  if (!ok) return { error: `It was answered with ${status}.`, data: { status, ok }, vars };
  return {
    effects: call.answers && body ? effectsOf(body, call.answers) : [],
    ...{ exit: doneExit, vars: { ...vars, ...savedOf(save, body) }, data: { status, ok } },
  };
}

/** Values by pointers into the answer, as texts; what is not there is left out. */
function savedOf(save: unknown, body: Json | undefined): Record<string, string> {
  if (typeof save !== 'object' || save === null || body === undefined) return {};
  return Object.fromEntries(
    Object.entries(save).flatMap(([name, pointer]) => {
      const value = atPointer(body, String(pointer));
      if (value === undefined || value === null) return [];
      return [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]];
    }),
  );
}

/** What an answer in words comes to: messages, tags, and whether people go on. */
function effectsOf(body: Json, as: 'reply' | 'ai'): Effect[] {
  const texts =
    as === 'ai'
      ? [body.reply, body.response, body.text].flatMap(said).slice(0, 1)
      : [...said(body.reply), ...(Array.isArray(body.replies) ? body.replies.flatMap(said) : [])];
  const tags = Array.isArray(body.tags)
    ? body.tags.flatMap(said).map((tag) => tag.slice(0, 100).toWellFormed())
    : [];
  return [
    ...texts.slice(0, repliesMax).map((text) => ({
      do: 'send' as const,
      type: 'text',
      fields: { text: text.slice(0, 4_096).toWellFormed() },
    })),
    ...(tags.length > 0 ? [{ do: 'tag' as const, add: tags.slice(0, 20), remove: [] }] : []),
    ...(body.handoff === true ? [{ do: 'hand-over' as const, hours: hoursHandedOver, userId: null }] : []),
  ];
}
