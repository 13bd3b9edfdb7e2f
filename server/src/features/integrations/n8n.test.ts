import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { documentedRoutes } from '../../../test/documented.ts';

/** The package as n8n loads it: by the names in its package.json. */
const folder = new URL('../../../../integrations/n8n/', import.meta.url);
const load = createRequire(folder);
const read = (path: string) => JSON.parse(readFileSync(new URL(path, folder), 'utf8'));
const manifest = read('package.json');
const routes = documentedRoutes();
const routeOf = (method: string, path: string) =>
  routes.find((route) => route.method === method && route.address === `/api/v1${path}`);

interface Field {
  name: string;
  type: string;
  required?: boolean;
  options?: Field[] | { value: string; routing?: { request: { method: string; url: string } } }[];
  displayOptions?: { show: { resource?: string[]; operation?: string[] } };
  routing?: { send: { type: string; property: string } };
}
const nodes = manifest.n8n.nodes.map((path: string) => {
  const name = path.split('/').at(-1)?.replace('.node.js', '') ?? '';
  return new (load(`./${path}`)[name])();
});
const [node, trigger] = nodes;

test('every operation of the n8n node is a route of the API, with fields it has and all it needs', () => {
  const { properties, requestDefaults } = node.description as {
    properties: Field[];
    requestDefaults: object;
  };
  expect(requestDefaults).toMatchObject({ headers: { 'x-response-format': 'raw' } });
  const operations = properties
    .filter(({ name }) => name === 'operation')
    .flatMap(({ options = [], displayOptions }) =>
      (options as { value: string; routing: { request: { method: string; url: string } } }[]).map((one) => ({
        ...{ ...one.routing.request, value: one.value, resource: displayOptions?.show.resource?.[0] ?? '' },
      })),
    );
  expect(operations.length).toBeGreaterThan(12);
  for (const { method, url, value, resource } of operations) {
    const route = routeOf(method, url);
    expect(route, `${method} ${url}`).toBeDefined();
    const own = properties.filter(
      ({ displayOptions: shown }) =>
        shown?.show.resource?.includes(resource) && shown.show.operation?.includes(value),
    );
    const sent = own.flatMap((field) => (field.type === 'collection' ? (field.options as Field[]) : [field]));
    const known = method === 'GET' ? route?.query : route?.fields;
    for (const { name, routing } of sent) {
      expect(routing?.send).toMatchObject({ type: method === 'GET' ? 'query' : 'body', property: name });
      expect(known, `${method} ${url} takes ${name}`).toContain(name);
    }
    const needs = requiredOf(url, method);
    const always = own.filter(({ type }) => type !== 'collection').map(({ name }) => name);
    expect(always, `${method} ${url}`).toEqual(expect.arrayContaining(needs));
  }
});

test('the trigger makes a webhook, deletes it, and starts on nothing that is not signed', async () => {
  const data: Record<string, string> = {};
  const requests: { method: string; url: string; body?: Record<string, unknown> }[] = [];
  const answers: unknown[] = [];
  const body = { event: 'message.received', data: { body: 'hi' } };
  const raw = Buffer.from(JSON.stringify(body));
  let signature: string | undefined;
  const n8n = {
    getCredentials: async () => ({ url: 'http://gateway/api/v1' }),
    getNodeParameter: (name: string) => (name === 'events' ? ['message.received'] : ''),
    getNodeWebhookUrl: () => 'https://n8n.example/webhook/1',
    getWorkflowStaticData: () => data,
    getRequestObject: () => ({ rawBody: raw }),
    getHeaderData: () => ({ 'x-multiwa-signature': signature }),
    getBodyData: () => body,
    getResponseObject: () => ({ status: (code: number) => ({ end: () => answers.push(code) }) }),
    helpers: {
      httpRequestWithAuthentication: async (_name: string, request: (typeof requests)[number]) => {
        requests.push(request);
        return { id: 'webhook-1', url: 'https://n8n.example/webhook/1' };
      },
      returnJsonArray: (json: unknown) => [{ json }],
    },
  };
  const { checkExists, create, delete: remove } = trigger.webhookMethods.default;
  expect(await checkExists.call(n8n)).toBe(false);
  expect(await create.call(n8n)).toBe(true);
  expect(await checkExists.call(n8n)).toBe(true);
  signature = `sha256=${createHmac('sha256', data.secret ?? '')
    .update(raw)
    .digest('hex')}`;
  expect(await trigger.webhook.call(n8n)).toEqual({ workflowData: [[{ json: body }]] });
  signature = 'sha256=00';
  expect(await trigger.webhook.call(n8n)).toEqual({ noWebhookResponse: true });
  expect(answers).toEqual([401]);
  await remove.call(n8n);
  expect(data).toEqual({});
  for (const { method, url, body: sent = {} } of requests) {
    const route = routeOf(method, url.replace('http://gateway/api/v1', '').replace('webhook-1', '{id}'));
    expect(route, `${method} ${url}`).toBeDefined();
    expect(route?.fields).toEqual(expect.arrayContaining(Object.keys(sent)));
  }
});

test('the package and its workflow name what is there', () => {
  const credentials = new (load(`./${manifest.n8n.credentials[0]}`).MultiWaApi)();
  expect(credentials.authenticate.properties.headers).toEqual({ 'x-api-key': '={{$credentials.apiKey}}' });
  const workflow = read('workflows/answer-a-word.json');
  const names = nodes.map(
    ({ description }: { description: { name: string } }) => `${manifest.name}.${description.name}`,
  );
  for (const { type, parameters } of workflow.nodes) {
    if (!type.startsWith(manifest.name)) continue;
    const { description } = nodes[names.indexOf(type)];
    expect(description.properties.map(({ name }: Field) => name)).toEqual(
      expect.arrayContaining(Object.keys(parameters)),
    );
  }
  const events = trigger.description.properties[0].options.map(({ value }: { value: string }) => value);
  const { webhooks } = JSON.parse(readFileSync(new URL('../../../openapi.json', import.meta.url), 'utf8'));
  if (webhooks) {
    expect(Object.keys(webhooks)).toEqual(
      expect.arrayContaining(events.filter((name: string) => name !== '*')),
    );
  }
});

function requiredOf(path: string, method: string): string[] {
  const document = JSON.parse(readFileSync(new URL('../../../openapi.json', import.meta.url), 'utf8'));
  const { requestBody } = document.paths[`/api/v1${path}`][method.toLowerCase()];
  const schema = requestBody?.content['application/json'].schema ?? {};
  const name = schema.$ref?.split('/').at(-1);
  return (name ? document.components.schemas[name] : schema).required ?? [];
}
