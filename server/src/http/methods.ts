import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { Failure } from '../platform/failures.ts';
import type { App } from '../platform/feature.ts';
import type { Dashboard } from './dashboard.ts';
import { sendFailure } from './errors.ts';

/** Answers what no route matches: the dashboard, 405 with `Allow` where another method would be answered, else 404. */
export function answerUnknown(app: App, dashboard: Dashboard): void {
  const methodsByPattern = new Map<string, Set<string>>();
  app.addHook('onRoute', (route: RouteOptions) => {
    if (route.url.includes('*')) return;
    const methods = methodsByPattern.get(route.url) ?? new Set();
    methodsByPattern.set(route.url, methods);
    for (const method of [route.method].flat()) methods.add(method);
  });
  app.setNotFoundHandler(async (request: FastifyRequest, reply: FastifyReply) => {
    if (await dashboard(request, reply)) return reply;
    const segments = (request.url.split('?', 1)[0] ?? '').split('/');
    const allowed = new Set<string>();
    for (const [pattern, methods] of methodsByPattern) {
      if (matches(pattern.split('/'), segments)) for (const method of methods) allowed.add(method);
    }
    const code = allowed.size === 0 ? 'ROUTE_NOT_FOUND' : 'METHOD_NOT_ALLOWED';
    if (allowed.size > 0) reply.header('allow', [...allowed].sort().join(', '));
    sendFailure(new Failure(code), request, reply);
    return reply;
  });
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, index) => {
    const segment = segments[index] ?? '';
    return part.startsWith(':') ? segment !== '' : part === segment;
  });
}
