import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import type { FastifySerializerCompiler } from 'fastify';

type Serializer = (data: unknown) => string;

const build = SerializerSelector()({}, {});
/** What was compiled, by schema: networks that are started in one process share it. */
const serializers = new WeakMap<object, Serializer>();

/** Writes answers as their schema says. A schema is compiled by the first answer that needs it, as those of requests are. */
export function serializerCompiler(): FastifySerializerCompiler<unknown> {
  return (route) => {
    const schema = route.schema as object;
    const compiled = (): Serializer => {
      const serialize = serializers.get(schema) ?? (build(route as never) as Serializer);
      serializers.set(schema, serialize);
      return serialize;
    };
    return (data) => compiled()(data);
  };
}
