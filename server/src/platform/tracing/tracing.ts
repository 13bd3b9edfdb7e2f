import type { Config } from '../config/config.ts';

export type TracingConfig = Pick<Config, 'otelEndpoint' | 'otelServiceName' | 'otelSampleRatio'>;

/** A message as everything about it names it. */
export interface TracedMessage {
  profileId: string;
  waMessageId: string;
}
export interface SpanAbout {
  kind?: 'server' | 'client' | 'consumer' | 'internal';
  attributes?: Record<string, string | number | boolean>;
  /** The trace that a message was accepted or came in. */
  follow?: TracedMessage | undefined;
}
/** A request that is under way. */
export interface RequestSpan {
  /** Whatever it calls belongs to the trace of the request. */
  run(work: () => void): void;
  end(about: { route: string | undefined; status: number }): void;
}

/** Traces (OpenTelemetry), from a request or a frame of WhatsApp to the webhook. Switched off it costs a call of a function. */
export interface Tracing {
  readonly isOn: boolean;
  /** Does the work as a part of the trace it follows, or begins one. */
  span<Result>(name: string, about: SpanAbout, work: () => Promise<Result>): Promise<Result>;
  /** Whoever follows this message later, here or on another node, goes on with the trace that is under way. */
  keep(message: TracedMessage & { organizationId: string }): void;
  /** For the header `traceparent` of what goes out. */
  header(): string | undefined;
  /** `traceparent` is what the caller sent. */
  request(method: string, traceparent: string | undefined): RequestSpan;
  /** Sends what waits, within seconds. */
  close(): Promise<void>;
}

/** Traces nothing. */
export const noTracing: Tracing = {
  isOn: false,
  span: (_name, _about, work) => work(),
  keep: () => undefined,
  header: () => undefined,
  request: () => ({ run: (work) => work(), end: () => undefined }),
  close: async () => undefined,
};
