import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { EventDefinition } from '../platform/events/define.ts';
import type { App } from '../platform/feature.ts';
import type { Dashboard } from './dashboard.ts';
import { errorReference } from './error-reference.ts';
import { operationIdOf } from './operation-id.ts';
import { showComponents } from './reference-components.ts';
import { eventData, webhooksOf } from './reference-events.ts';
import { documentOperation, errorComponents, type OpenApiDocument } from './reference-operation.ts';

export interface ReferenceOptions {
  version: string;
  /** The address people reach this server by; without it the document says where it lies itself. */
  publicUrl?: string | undefined;
  /** What webhooks tell of. */
  events: readonly EventDefinition[];
  /** What `/` shows, once it is there. */
  dashboard: Dashboard;
}

const schemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The accessToken of POST /auth/login or /auth/register.',
  },
  'api-key': { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'A key of POST /api-keys.' },
} as const;

/** The page loads from here only. Nothing is upgraded to https: a server in a local network may have none. */
const pagePolicy =
  "default-src 'self'; base-uri 'self'; frame-ancestors 'none'; img-src 'self' data:; object-src 'none'; script-src-attr 'none'; style-src 'self' 'unsafe-inline'";

/**
 * The API reference: a page at `/api/docs`, where `/` leads to while there is no dashboard, the OpenAPI 3.1 document at `/api/docs-json`, error
 * codes beside. Every link is relative: a proxy may show the server below a path of its own, which we never hear of.
 */
export async function serveReference(
  app: App,
  { version, publicUrl, events, dashboard }: ReferenceOptions,
): Promise<void> {
  const known = publicUrl === undefined ? [] : [{ url: publicUrl.replace(/\/+$/, '') }];
  const routes = new Map<string, RouteOptions>();
  app.addHook('onRoute', (route: RouteOptions) => {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    for (const method of [route.method].flat()) routes.set(`${method} ${path}`, { ...route });
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'MultiWA',
        version,
        description:
          'Success answers are `{success, data, meta}`; send `X-Response-Format: raw` for the bare `data`. ' +
          'Every error has the same body, and its code is explained at `/api/docs/errors`.',
      },
      servers: known.length > 0 ? known : [{ url: '/' }],
      components: { securitySchemes: schemes },
    },
    hideUntagged: false,
    transform: ({ schema, url }) => ({
      schema: { ...schema, hide: schema?.hide === true || !url.startsWith('/api/v1') },
      url,
    }),
    transformObject: (documents) => {
      const document = ('openapiObject' in documents ? documents.openapiObject : {}) as OpenApiDocument;
      for (const [path, operations] of Object.entries(document.paths ?? {})) {
        for (const [method, operation] of Object.entries(operations)) {
          const route = routes.get(`${method.toUpperCase()} ${path}`);
          if (route) documentOperation(operation, route);
          operation.operationId ??= operationIdOf(method, path);
        }
      }
      document.webhooks = webhooksOf(events);
      const shown = showComponents(document, { EventData: eventData(events) });
      const { schema, examples } = errorComponents();
      const { components = {} } = document;
      document.components = {
        ...components,
        schemas: { ...components.schemas, ...shown, Error: schema },
        examples: { ...components.examples, ...examples },
      };
      return document as never;
    },
  });
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    // Seen from `/api/docs`; what is seen from `/api/docs/` is relative already.
    indexPrefix: '..',
    uiHooks: { onRequest: stayBelow },
    // What the page tries out goes to where the page came from; its policy allows nothing else.
    transformSpecification: (document) => ({ ...document, servers: [{ url: '../..' }, ...known] }),
    transformSpecificationClone: false,
    staticCSP: pagePolicy,
    uiConfig: { persistAuthorization: true, docExpansion: 'none', filter: true, tryItOutEnabled: true },
    // Without the bar of the page's maker: there is one document to explore.
    theme: {
      title: 'MultiWA API',
      css: [{ filename: 'page.css', content: '.swagger-ui .topbar { display: none }' }],
    },
  });
  app.get('/', { config: { access: 'public', envelope: 'never' } }, async (request, reply) =>
    (await dashboard(request, reply)) ? reply : reply.redirect('api/docs'),
  );
  app.get('/api/docs-json', { config: { access: 'public', envelope: 'never' } }, () => ({
    ...app.swagger(),
    servers: known.length > 0 ? known : [{ url: '..' }],
  }));
  app.get('/api/docs/errors', { config: { access: 'public', envelope: 'never' } }, (request, reply) => {
    const { type, body } = errorReference(request.headers.accept ?? '');
    return reply.type(type).send(body);
  });
}

/** Redirects, in relative steps, what the page's own links can't be right for: a query behind its address. */
function stayBelow(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const [path = '', query] = request.url.split('?');
  if (path.endsWith('/static/index.html')) return void reply.redirect('../');
  if (query !== undefined && path === '/api/docs') return void reply.redirect('docs');
  if (query !== undefined && path === '/api/docs/') return void reply.redirect('./');
  done();
}

/** The OpenAPI document of all mounted routes, for `server/openapi.json` and its check. */
export async function openapiDocument(app: App): Promise<Record<string, unknown>> {
  await app.ready();
  return app.swagger() as unknown as Record<string, unknown>;
}
