import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { fastifySwagger } from '@fastify/swagger';
import { fastifySwaggerUi } from '@fastify/swagger-ui';
import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { fastify } from 'fastify';
import type { Keepers } from '../keepers.ts';
import type { Network } from '../network.ts';
import type { TlsCertificate } from '../tls.ts';
import { callRoutes } from './calls.ts';
import { closed } from './closed.ts';
import { answerFailures, answerUnreadable } from './failures.ts';
import { faultAndLedgerRoutes } from './faults.ts';
import { findingRoutes } from './findings.ts';
import { groupRoutes } from './groups.ts';
import { historyRoutes } from './history.ts';
import { mediaHostRoutes, mediaRoutes } from './media.ts';
import { messageFileRoutes } from './message-files.ts';
import { messageRoutes } from './messages.ts';
import { mockPhoneRoutes } from './mock-phone.ts';
import { peopleRoutes } from './people.ts';
import { phoneRoutes } from './phones.ts';
import { pictureRoutes } from './pictures.ts';
import { privacyRoutes } from './privacy.ts';
import { receiverRoutes } from './receivers.ts';
import { reinstallRoutes } from './reinstall.ts';
import * as schemas from './schemas.ts';
import { screenRoutes } from './screens.ts';
import { serializerCompiler } from './serialization.ts';
import { stateRoutes } from './state.ts';
import { closeQuery, validatorCompiler } from './validation.ts';
import { webVersionRoutes } from './web-version.ts';

interface ApiDeps {
  readonly network: () => Network;
  readonly reset: () => void;
  readonly keepers: Keepers;
  readonly instanceId: string;
  readonly version: string;
  readonly tls: TlsCertificate;
  readonly port: () => number;
  /** How long a connection may be silent before its request is complete, or while it is answered, in milliseconds. */
  readonly openingMsMax: number;
  readonly log: (line: string, error?: unknown) => void;
}

interface Api {
  /** Takes sockets by `emit('connection')`; never listens itself. */
  readonly http: Server;
  readonly https: Server;
  close(): Promise<void>;
}

const KEEPER_MS = 15_000;
const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** The HTTP side: JSON API, its documentation, and the two servers that the port hands sockets to. */
export async function createApi(deps: ApiDeps): Promise<Api> {
  const http = createServer();
  const { openingMsMax: handshakeTimeout } = deps;
  const https = createTlsServer({ key: deps.tls.key, cert: deps.tls.cert, handshakeTimeout });
  // The servers do not listen themselves, so their own watch over slow requests never begins.
  for (const server of [http, https]) server.setTimeout(deps.openingMsMax);
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    frameworkErrors: (error, _request, reply) => answerUnreadable(error, reply as never),
    serverFactory: (handler) => {
      http.on('request', handler);
      https.on('request', handler);
      return http;
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(validatorCompiler());
  app.setSerializerCompiler(serializerCompiler());
  app.addHook('onRoute', closeQuery);
  answerFailures(app as never, deps.log);
  app.addHook('onSend', async () => deps.network().store.settled());
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Sandbox network', version: deps.version, description: ABOUT },
    },
    // Documented as it is checked: with no fields but these.
    transform: ({ schema, url }) => ({
      url,
      schema: schema?.body && url.startsWith('/api/') ? { ...schema, body: closed(schema.body) } : schema,
    }),
  });
  // Without the bar of the page's maker: there is one document to explore.
  const css = [{ filename: 'page.css', content: '.swagger-ui .topbar { display: none }' }];
  await app.register(fastifySwaggerUi, {
    routePrefix: '/api/docs',
    // Relative, so that a proxy may show the network below a path of its own.
    indexPrefix: '..',
    transformSpecification: (document) => ({ ...document, servers: [{ url: '../..' }] }),
    transformSpecificationClone: false,
    uiConfig: { docExpansion: 'none', filter: true, tryItOutEnabled: true },
    theme: { title: 'Sandbox network', css },
  });
  await app.register(lifeRoutes(deps));
  await app.register(phoneRoutes(deps.network));
  await app.register(messageRoutes(deps.network));
  await app.register(screenRoutes(deps.network));
  await app.register(receiverRoutes(deps.network));
  await app.register(messageFileRoutes(deps.network));
  await app.register(groupRoutes(deps.network));
  await app.register(peopleRoutes(deps.network));
  await app.register(pictureRoutes(deps.network));
  await app.register(privacyRoutes(deps.network));
  await app.register(callRoutes(deps.network));
  await app.register(reinstallRoutes(deps.network));
  await app.register(stateRoutes(deps.network));
  await app.register(historyRoutes(deps.network));
  await app.register(mediaHostRoutes(deps.network));
  await app.register(mediaRoutes(deps.network));
  await app.register(faultAndLedgerRoutes(deps.network));
  await app.register(findingRoutes(deps.network));
  await app.register(mockPhoneRoutes(deps.network));
  await app.register(webVersionRoutes(deps.network));
  await app.ready();
  return {
    http,
    https,
    async close() {
      for (const server of [http, https]) server.closeAllConnections();
      await app.close();
    },
  };
}

const ABOUT =
  'People with phones on a WhatsApp-compatible network of your own. A number comes into being when it is first named.';

function lifeRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['Network'];
    app.get('/', { schema: { hide: true } }, (request, reply) => {
      const isBrowser = request.headers.accept?.includes('text/html') ?? false;
      return isBrowser ? reply.redirect('api/docs') : { name: 'sandbox network', docs: '/api/docs' };
    });
    app.get(
      '/api/health',
      {
        schema: {
          tags,
          summary: 'Who this network is and how to trust it.',
          response: { 200: schemas.Health },
        },
      },
      async () => health(deps),
    );
    app.post(
      '/api/reset',
      {
        schema: {
          tags,
          summary: 'Forget everybody and everything, and cut all connections.',
          response: { 200: schemas.Empty },
        },
      },
      async () => {
        deps.reset();
        return {};
      },
    );
    app.post(
      '/api/keep',
      {
        schema: {
          tags,
          summary: 'Say that you still need this network; repeat every few seconds.',
          body: schemas.Keep,
          response: { 200: schemas.Kept, ...schemas.refusals },
        },
      },
      async ({ body }) => {
        deps.keepers.keep(body.server);
        return { keepers: deps.keepers.count(KEEPER_MS) };
      },
    );
  };
}

function health({ network, instanceId, version, tls, port }: ApiDeps) {
  const { directory, pki, clients } = network();
  const accounts = directory.all();
  return {
    status: 'ok' as const,
    instanceId,
    version,
    port: port(),
    phones: accounts.length,
    devices: accounts.reduce((sum, account) => sum + account.devices.size, 0),
    connections: clients.count,
    rootPublicKey: pki.rootPublicKey.toString('hex'),
    tlsCertificate: tls.cert,
  };
}
