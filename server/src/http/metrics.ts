import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import Type from 'typebox';
import { Failure } from '../platform/failures.ts';
import type { App, Figure } from '../platform/feature.ts';
import { failsWith } from './fails-with.ts';
import './route-config.ts';

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * `GET /metrics` in the text format of Prometheus: the process, requests by route and status, and the figures of
 * features, read anew for each scrape. Open to whoever has the token, and to this machine itself.
 */
export function serveMetrics(
  app: App,
  options: { token: string | undefined; figures: readonly Figure[] },
): void {
  const registry = new Registry();
  let observed = false;
  /** From the first scrape on: measuring how late timers are wakes the process a hundred times a second. */
  const observeProcess = () => {
    if (!observed) collectDefaultMetrics({ register: registry });
    observed = true;
  };
  const requests = new Histogram({
    name: 'multiwa_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets,
    registers: [registry],
  });
  for (const figure of options.figures) {
    const { name, help, labels: labelNames = [] } = figure;
    const common = { name, help, labelNames: [...labelNames], registers: [registry] };
    const told = async (tell: (labels: Record<string, string>, value: number) => void) => {
      for (const { labels = {}, value } of await figure.read()) tell(labels, value);
    };
    if (figure.isCounter) {
      new Counter({
        ...common,
        async collect() {
          this.reset();
          await told((labels, value) => this.inc(labels, value));
        },
      });
      continue;
    }
    new Gauge({
      ...common,
      async collect() {
        this.reset();
        await told((labels, value) => this.set(labels, value));
      },
    });
  }
  app.addHook('onResponse', (request, reply, done) => {
    // The pattern, not the address: ids would make a series of every thing there is.
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    requests.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
  app.get(
    '/metrics',
    {
      config: { access: 'public', envelope: 'never', rateLimit: false },
      schema: { hide: true, response: { 200: Type.String(), ...failsWith('ROUTE_NOT_FOUND') } },
    },
    async (request, reply) => {
      if (!mayRead(request, options.token)) throw new Failure('ROUTE_NOT_FOUND');
      observeProcess();
      return reply.type(registry.contentType).send(await registry.metrics());
    },
  );
}

/** A request that a proxy on this machine passed on comes from elsewhere. */
function mayRead(request: FastifyRequest, token: string | undefined): boolean {
  const bearer = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token !== undefined && bearer !== undefined && isSame(bearer, token)) return true;
  const wasForwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip'].some((name) => name in request.headers);
  const peer = request.socket.remoteAddress ?? '';
  return !wasForwarded && ipaddr.isValid(peer) && ipaddr.process(peer).range() === 'loopback';
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
