import type { Problem } from '../../../platform/failures.ts';
import type { Content } from './kind.ts';
import { type SendableKind, sendableKinds } from './kinds.ts';

/** What can be sent, by its `type`. */
export const sendableTypes = sendableKinds.map(({ type }) => type);

/** Those of them that carry a file, which has to be fetched before they are delivered. */
export const typesWithFile: readonly string[] = sendableKinds
  .filter(({ sending }) => sending.file)
  .map(({ type }) => type);

/** Makes the check of a schema, which answers every problem of a value. */
export type BodyCheck = (schema: object) => (value: unknown) => Problem[];

/** The fields of a request to send this kind, beside who sends it and to whom. */
function fieldsOf({ sending }: SendableKind): object {
  const { profileId: _, to: __, ...properties } = sending.body.properties;
  const required = sending.body.required?.filter((name: string) => name in properties) ?? [];
  return { type: 'object', properties, required };
}

/** Answers the fields of a value that its schema does not know, as paths. */
export type IgnoredFields = (schema: object, value: unknown) => readonly string[];

/** The fields in what somebody wants to send that do nothing, as paths below `content`. */
export function createIgnoredIn(ignoredFields: IgnoredFields) {
  return (type: string, content: unknown): readonly string[] => {
    const kind = sendableKinds.find((one) => one.type === type);
    if (!kind || typeof content !== 'object' || content === null) return [];
    return ignoredFields(fieldsOf(kind), content).map((path) => `content.${path}`);
  };
}

/**
 * Reads what somebody wants to send by its type and the fields of `POST /messages/<type>`; a plain string is a text. Answers
 * the fields, or every problem with them, with paths below `/content`.
 */
export function createReadSend(bodyCheck: BodyCheck) {
  const checks = new Map(sendableKinds.map((kind) => [kind.type, bodyCheck(fieldsOf(kind))]));

  return (type: string, content: unknown): { fields: Content } | { problems: Problem[] } => {
    const kind = sendableKinds.find((one) => one.type === type);
    const check = checks.get(type);
    if (!kind || !check) {
      return { problems: [{ path: '/type', problem: `must be one of ${sendableTypes.join(', ')}` }] };
    }
    const isString = typeof content === 'string';
    if (isString && type !== 'text') {
      return {
        problems: [{ path: '/content', problem: `must be an object: ${kind.called} is no plain text` }],
      };
    }
    const fields = isString ? { text: content } : { ...(content as Content) };
    const problems = check(fields).map(({ path, problem }) => ({
      path: isString ? '/content' : `/content${path}`,
      problem,
    }));
    return problems.length > 0 ? { problems } : { fields };
  };
}
