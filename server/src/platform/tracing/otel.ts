import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Db } from '../db/transaction.ts';
import type { Log } from '../log.ts';
import { createMessageTraces } from './message-traces.ts';
import type { SpanAbout, Tracing, TracingConfig } from './tracing.ts';

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};
const exportEveryMs = 1_000;
const exportMsMax = 5_000;
const closeMsMax = 3_000;
const serverErrors = 500;

/** Sends spans to an OTLP endpoint over HTTP, in batches. What it reads of the environment beside, the library reads itself. */
export function createOtel(deps: {
  config: TracingConfig;
  endpoint: string;
  db: Db;
  log: Log;
  version: string;
  nodeId: string;
}): Tracing {
  const { config, log } = deps;
  const url = `${deps.endpoint.replace(/\/+$/, '')}/v1/traces`;
  const processor = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter({ url, timeoutMillis: exportMsMax }),
    scheduledDelayMillis: exportEveryMs,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': config.otelServiceName,
      'service.version': deps.version,
      'service.instance.id': deps.nodeId,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(config.otelSampleRatio) }),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer('multiwa', deps.version);
  const underWay = new AsyncLocalStorage<Context>();
  const messages = createMessageTraces({ db: deps.db, log });
  const header = () => written(trace.getSpanContext(underWay.getStore() ?? ROOT_CONTEXT));

  /** Never what happens to be under way: sockets and timers live on in the context of the request that made them. */
  async function parentOf({ follow }: SpanAbout): Promise<Context> {
    return contextOf(follow && (await messages.of(follow))) ?? ROOT_CONTEXT;
  }
  const begin = (name: string, { kind = 'internal', attributes = {} }: SpanAbout, parent: Context): Span =>
    tracer.startSpan(name, { kind: kinds[kind], attributes }, parent);

  return {
    isOn: true,
    async span(name, about, work) {
      const parent = await parentOf(about);
      const span = begin(name, about, parent);
      try {
        return await underWay.run(trace.setSpan(parent, span), work);
      } catch (error) {
        // Words of an error may tell what a person wrote.
        const type = error instanceof Error ? error.name : 'Error';
        span.setAttribute('error.type', type);
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
    keep(message) {
      const traceparent = header();
      if (traceparent !== undefined) messages.keep({ ...message, traceparent });
    },
    header,
    request(method, traceparent) {
      const parent = contextOf(traceparent) ?? ROOT_CONTEXT;
      const span = begin(method, { kind: 'server', attributes: { 'http.request.method': method } }, parent);
      return {
        run: (work) => underWay.run(trace.setSpan(parent, span), work),
        end({ route, status }) {
          if (route !== undefined) {
            span.updateName(`${method} ${route}`);
            span.setAttribute('http.route', route);
          }
          span.setAttribute('http.response.status_code', status);
          if (status >= serverErrors) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    async close() {
      await messages.close();
      const late = new Promise<void>((resolve) => setTimeout(resolve, closeMsMax).unref());
      const ended = provider
        .shutdown()
        .catch((error: unknown) => log.warn({ err: error }, 'Traces were lost'));
      await Promise.race([ended, late]);
    },
  };
}

/** As W3C writes it. */
function written(context: SpanContext | undefined): string | undefined {
  if (!context) return undefined;
  return `00-${context.traceId}-${context.spanId}-${context.traceFlags.toString(16).padStart(2, '0')}`;
}

function contextOf(traceparent: string | undefined): Context | undefined {
  const parent = traceparent === undefined ? null : parseTraceParent(traceparent);
  return parent ? trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true }) : undefined;
}
