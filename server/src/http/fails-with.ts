import Type from 'typebox';
import { type FailureCode, failures } from '../platform/failures.ts';

/** The one error body, in both response formats. */
export function errorSchema(codes: readonly FailureCode[]) {
  const [first = 'INTERNAL_ERROR'] = codes;
  const { status, says } = failures[first];
  return Type.Object(
    {
      success: Type.Literal(false),
      statusCode: Type.Integer(),
      message: Type.String(),
      error: Type.Object({
        code: Type.Enum([...codes]),
        message: Type.String(),
        details: Type.Optional(
          Type.Array(Type.Object({ path: Type.String(), problem: Type.String() }), {
            description: 'Every problem found, not only the first.',
          }),
        ),
        docs: Type.Optional(
          Type.String({
            description: 'Where this code is explained: a path below the address of this server.',
          }),
        ),
      }),
      requestId: Type.String(),
    },
    {
      description: codes.map((code) => `\`${code}\`: ${failures[code].says}`).join('\n\n'),
      examples: [
        {
          success: false,
          statusCode: status,
          message: says,
          error: { code: first, message: says, docs: `/api/docs/errors#${first}` },
          requestId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
        },
      ],
    },
  );
}

export type ErrorSchema = ReturnType<typeof errorSchema>;

/**
 * The `response` entries of the failures a route answers by itself, keyed by status. What the door answers
 * (credentials, validation, limits, outages) is added by it and is not named here.
 */
export function failsWith(...codes: FailureCode[]): Record<number, ErrorSchema> {
  const byStatus = new Map<number, FailureCode[]>();
  for (const code of codes) {
    const { status } = failures[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, some]) => [status, errorSchema(some)]));
}

/** The codes that `failsWith` put into a response schema; none when it is another schema. */
export function codesOf(schema: unknown): FailureCode[] {
  const codes = (schema as ErrorSchema | undefined)?.properties?.error?.properties?.code?.enum;
  return Array.isArray(codes) ? (codes as FailureCode[]).filter((code) => code in failures) : [];
}
