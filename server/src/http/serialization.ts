import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import type { FastifySerializerCompiler } from 'fastify';
import { once } from '../platform/concurrency/once.ts';

type Serializer = (data: unknown) => string;

const build = SerializerSelector()({}, {});
/** What was compiled, by schema: servers that are started in one process share it. */
const serializers = new WeakMap<object, Serializer>();

/**
 * Writes answers as their schema says. Unless `eager`, a schema is compiled by the first answer that needs it, as those
 * of requests are.
 */
export function serializerCompiler({ eager }: { eager: boolean }): FastifySerializerCompiler<unknown> {
  return (route) => {
    const compiled = once(() => serializerOf(route));
    return eager ? compiled() : (data) => compiled()(data);
  };
}

function serializerOf(route: { schema: unknown }): Serializer {
  const schema = route.schema as object;
  const serializer = serializers.get(schema) ?? (build(route as never) as Serializer);
  serializers.set(schema, serializer);
  return serializer;
}
