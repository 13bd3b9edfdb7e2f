import Type from 'typebox';
import { type FailureCode, failures } from '../platform/failures.ts';

/** The JSON Schema keyword that says how a malformed id in the path is answered. */
export const missingKeyword = 'x-missing';

const uuid = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

/** An id in the path: a malformed one is answered like an unknown one, with the 404 of this code. */
export function pathId(missing: FailureCode) {
  return Type.String({
    format: 'uuid',
    pattern: uuid,
    examples: ['0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11'],
    [missingKeyword]: missing,
  });
}

/** Params with one id named `id`. */
export function byId(missing: FailureCode) {
  return Type.Object({ id: pathId(missing) });
}

/** The code of the first malformed id among path parameters, when the route's schema names one. */
export function missingCode(params: unknown, malformed: readonly string[]): FailureCode | undefined {
  const properties = (params as { properties?: Record<string, Record<string, unknown>> } | undefined)
    ?.properties;
  for (const name of malformed) {
    const code = properties?.[name]?.[missingKeyword];
    if (typeof code === 'string' && code in failures) return code as FailureCode;
  }
  return undefined;
}
