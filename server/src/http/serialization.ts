import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import type { FastifySerializerCompiler } from 'fastify';
import { once } from '../platform/concurrency/once.ts';

type Serializer = (data: unknown) => string;

/**
 * Writes answers as their schema says. Unless `eager`, a schema is compiled by the first answer that needs it, as those
 * of requests are.
 */
export function serializerCompiler({ eager }: { eager: boolean }): FastifySerializerCompiler<unknown> {
  const build = SerializerSelector()({}, {});
  return (route) => {
    const compiled = once(() => build(route as never) as Serializer);
    return eager ? compiled() : (data) => compiled()(data);
  };
}
