import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { type ModelServer, startModelServer } from '../../../test/kit/model-server.ts';
import { newTenant } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

let house: House;
let provider: ModelServer;
beforeAll(async () => {
  provider = await startModelServer();
  house = await openHouse({ OUTBOUND_ALLOW: '127.0.0.1/32' });
});
afterAll(async () => {
  await house?.close();
  await provider?.close();
});

test('a text taken in is found by meaning once its job ran, and anew after the model changed', async () => {
  const { owner, key } = await newTenant(house.api);
  const use = (embeddingModel: string) =>
    owner.put('/settings/ai', { baseUrl: provider.url, chatModel: 'small', embeddingModel });
  const { id } = await key.post('/profiles', { name: 'Shop', engine: 'sandbox' });
  const ingest = (name: string, content: string) => key.post(`/ai/knowledge/${id}/text`, { name, content });
  const best = async () => {
    house.clock.advance({ seconds: 1 });
    // No word of it stands in the texts, but most of its letters.
    return (await key.post(`/ai/knowledge/${id}/search`, { query: 'deliveringly Bandungese' }))[0];
  };
  const statuses = async () =>
    ((await key.get(`/ai/knowledge/${id}`)) as { status: string }[]).map(({ status }) => status);

  await use('letters-1');
  const hours = await ingest('Hours', 'The bakery opens at seven and closes at five.');
  expect(hours.status).toBe('embedding');
  await ingest('Delivery', 'Bread delivering in Bandung costs two thousand.');
  await until('the job ran', async () => (await statuses()).every((status) => status === 'ready'));
  // A search waits for the vector of its words for 1.5 s, then goes by the words alone.
  const byMeaning = async () => {
    const one = await best();
    return one?.vectorScore > 0.3 ? one : undefined;
  };
  expect((await until('it is found by meaning', byMeaning)).documentName).toBe('Delivery');

  await use('letters-2');
  await best();
  const models = () =>
    house.database.database.db
      .selectFrom('knowledge_vectors')
      .select('model')
      .distinct()
      .where('profile_id', '=', id)
      .execute();
  await until('all have vectors of the new model alone', async () => {
    const left = await models();
    return left.length === 1 && left[0]?.model === 'letters-2';
  });
  expect((await until('they are compared', byMeaning)).documentName).toBe('Delivery');
});
