import type { FastifySchemaValidationError } from 'fastify';
import { problemsOf, validatorCompiler } from '../../../http/validation.ts';
import type { Problem } from '../../../platform/failures.ts';
import type { Content } from './kind.ts';
import { type SendableKind, sendableKinds } from './kinds.ts';

/** What can be sent, by its `type`. */
export const sendableTypes = sendableKinds.map(({ type }) => type);

interface Checks {
  (fields: Content): boolean;
  errors?: readonly FastifySchemaValidationError[] | null;
}

const compiler = validatorCompiler({ eager: false });
const checks = new Map<string, Checks>();

/** The check of what a request to send this kind has, beside who sends it and to whom. */
function checkOf({ type, sending }: SendableKind): Checks {
  const known = checks.get(type);
  if (known) return known;
  const { profileId: _, to: __, ...properties } = sending.body.properties;
  const required = sending.body.required?.filter((name: string) => name in properties) ?? [];
  const schema = { type: 'object', properties, required };
  const made = compiler({ schema, httpPart: 'body', method: 'POST', url: type }) as unknown as Checks;
  checks.set(type, made);
  return made;
}

/**
 * Reads what somebody wants to send by its type and the fields of `POST /messages/<type>`; a plain string is a text. Answers
 * the fields, or every problem with them, with paths below `/content`.
 */
export function readSend(type: string, content: unknown): { fields: Content } | { problems: Problem[] } {
  const kind = sendableKinds.find((one) => one.type === type);
  if (!kind) {
    return { problems: [{ path: '/type', problem: `must be one of ${sendableTypes.join(', ')}` }] };
  }
  if (typeof content === 'string' && type !== 'text') {
    return {
      problems: [{ path: '/content', problem: `must be an object: ${kind.called} is no plain text` }],
    };
  }
  const fields = typeof content === 'string' ? { text: content } : { ...(content as Content) };
  const check = checkOf(kind);
  if (check(fields)) return { fields };
  const at = (path: string) => (typeof content === 'string' ? '/content' : `/content${path}`);
  return {
    problems: problemsOf(check.errors ?? []).map(({ path, problem }) => ({ path: at(path), problem })),
  };
}
