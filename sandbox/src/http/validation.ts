import { AjvCompiler } from '@fastify/ajv-compiler';
import type { FastifySchemaCompiler } from 'fastify';

const shared = {
  useDefaults: true,
  removeAdditional: true,
  keywords: ['example'],
  discriminator: true,
  strictTypes: false,
};

/**
 * Values of a query or path are text and become what the schema says; values of a body are typed already and stay as
 * they are, or null would turn into an empty text.
 */
export function validatorCompiler(): FastifySchemaCompiler<unknown> {
  const compilers = AjvCompiler();
  const strict = compilers({}, { customOptions: { ...shared, coerceTypes: false } });
  const coercing = compilers({}, { customOptions: { ...shared, coerceTypes: 'array' } });
  return (route) => {
    const build = route.httpPart === 'body' ? strict : coercing;
    return build(route as never) as unknown as ReturnType<FastifySchemaCompiler<unknown>>;
  };
}
