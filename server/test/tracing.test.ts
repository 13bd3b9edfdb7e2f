import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTracing } from '../src/platform/tracing/start-tracing.ts';
import { noTracing } from '../src/platform/tracing/tracing.ts';
import { type House, openHouse } from './house.ts';
import { openSink, type Sink } from './kit/sink.ts';
import { type ConnectedProfile, connectedProfile, newCustomer, newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

interface SeenSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
}

/** Something that takes spans as OTLP over HTTP brings them. */
async function openCollector() {
  const spans: SeenSpan[] = [];
  const server = createServer(async (request, response) => {
    const { resourceSpans } = JSON.parse((await buffer(request)).toString());
    for (const { scopeSpans } of resourceSpans) for (const one of scopeSpans) spans.push(...one.spans);
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

let collector: Awaited<ReturnType<typeof openCollector>>;
let sink: Sink;
let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;
beforeAll(async () => {
  [collector, sink] = await Promise.all([openCollector(), openSink()]);
  house = await openHouse({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OUTBOUND_ALLOW: '127.0.0.1/32',
  });
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
  await tenant.owner.post('/webhooks', { url: sink.url, events: ['message.*'] });
});
afterAll(async () => {
  await house?.close();
  await sink?.close();
  collector?.close();
});

const spansOf = (traceId: string) => collector.spans.filter((span) => span.traceId === traceId);
const delivered = (event: string, waMessageId: string) =>
  until(`${event} is delivered`, async () =>
    sink.caught.find(({ body }) => body.event === event && body.data.waMessageId === waMessageId),
  );
const traceIn = (traceparent: unknown) => String(traceparent).split('-')[1] ?? '';

test('one trace leads from the request of a caller over the outbox to the webhook', async () => {
  const customer = await newCustomer(house.sandbox);
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const body = { profileId: profile.id, to: customer.number, text: 'hello' };
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
  const { waMessageId } = await tenant.key.post('/messages/text', body, { traceparent });
  const { headers } = await delivered('message.sent', waMessageId);
  expect(traceIn(headers.traceparent)).toBe(traceId);
  const names = ['POST /api/v1/messages/text', 'message send', 'webhook deliver'];
  const spans = await until('all spans have come', async () => {
    const seen = spansOf(traceId);
    return names.every((name) => seen.some((span) => span.name === name)) && seen;
  });
  const [request, send] = names.map((name) => spans.find((span) => span.name === name));
  expect([request?.parentSpanId, send?.parentSpanId]).toEqual(['b7ad6b7169203331', request?.spanId]);
  expect(JSON.stringify(spans)).not.toContain('hello');
  // Another node, or this one after a restart, knows it from the database.
  const kept = await until('it is kept', async () =>
    house.database.database.db
      .selectFrom('message_traces')
      .select('traceparent')
      .where('wa_message_id', '=', waMessageId)
      .executeTakeFirst(),
  );
  expect(kept.traceparent).toBe(`00-${traceId}-${request?.spanId}-01`);
});

test('one trace leads from a frame of WhatsApp over the journal to the webhook', async () => {
  const customer = await newCustomer(house.sandbox);
  const id = await customer.sends(profile.phone.number, 'good morning');
  const { headers } = await delivered('message.received', id);
  const traceId = traceIn(headers.traceparent);
  const spans = await until('both spans have come', async () => {
    const seen = spansOf(traceId);
    return seen.length >= 2 && seen;
  });
  const [receive, deliver] = ['message receive', 'webhook deliver'].map((name) =>
    spans.find((span) => span.name === name),
  );
  expect(deliver?.parentSpanId).toBe(receive?.spanId);
  expect(receive?.parentSpanId ?? '').toBe('');
});

test('a traceparent that is none begins a new trace', async () => {
  for (const traceparent of ['nonsense', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`, 'x'.repeat(8_000)]) {
    expect((await tenant.key.call('GET', '/profiles', undefined, { traceparent })).status).toBe(200);
  }
});

test('without an endpoint nothing is traced, and no library is loaded', async () => {
  const config = { otelEndpoint: undefined, otelServiceName: 'multiwa', otelSampleRatio: 1 };
  expect(await startTracing({ ...house, config } as never)).toBe(noTracing);
  expect([noTracing.header(), await noTracing.span('any', {}, async () => 7)]).toEqual([undefined, 7]);
});
