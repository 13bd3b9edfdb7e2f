import type { FastifyRequest } from 'fastify';
import type { App } from '../platform/feature.ts';
import type { RequestSpan, Tracing } from '../platform/tracing/tracing.ts';

/** Every request becomes a span, or a part of the trace that its caller names in `traceparent`. */
export function traceRequests(app: App, tracing: Tracing): void {
  if (!tracing.isOn) return;
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  app.addHook('onRequest', (request, _reply, done) => {
    const { traceparent } = request.headers;
    const span = tracing.request(request.method, typeof traceparent === 'string' ? traceparent : undefined);
    spans.set(request, span);
    span.run(done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    // The pattern of the route, not what was put into it: ids are nothing to whoever reads traces.
    spans.get(request)?.end({ route: request.routeOptions.url, status: reply.statusCode });
    done();
  });
}
