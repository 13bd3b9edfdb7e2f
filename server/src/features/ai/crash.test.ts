import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { type ModelServer, startModelServer } from '../../../test/kit/model-server.ts';
import { type ServerProcess, startServer } from '../../../test/server-process.ts';
import { newTenant } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { minuteMs } from '../../platform/clock.ts';
import { createBudgetStore } from './client/budgets.store.ts';

let database: TestDatabase;
let folder: string;
let server: ServerProcess;
let provider: ModelServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwa-ai-'));
  [database, provider] = await Promise.all([testDatabase(), startModelServer()]);
  server = await startServer({
    ...{ DATA_DIR: folder, DATABASE_URL: database.databaseUrl, OUTBOUND_ALLOW: '127.0.0.1/32' },
    ...{ SANDBOX: 'external', SANDBOX_PORT: new URL(inject('sandboxUrl')).port },
  });
});
afterAll(async () => {
  await server?.kill();
  await provider?.close();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

test('what a process that was killed mid-call had set aside is free a quarter of an hour later', async () => {
  const { owner, key, organizationId } = await newTenant(server.api);
  await owner.put('/settings/ai', { baseUrl: provider.url, chatModel: 'small', monthlyTokens: 1_000 });
  provider.answer = { does: 'hang' };
  const cutOff = key.call('POST', '/ai/complete', { prompt: 'hello' }).catch(() => 'cut off');
  await until('the model is asked', () => provider.asked[0]);
  await server.kill();
  expect(await cutOff).toBe('cut off');
  const { db } = database.database;
  const rows = async () => ({
    reservations: await db.selectFrom('ai_reservations').select(['tokens', 'made_at']).execute(),
    budgets: await db
      .selectFrom('ai_budgets')
      .select(['tokens', 'reserved_tokens'])
      .where('organization_id', '=', organizationId)
      .execute(),
  });
  const { reservations, budgets } = await rows();
  expect(reservations).toEqual([{ tokens: expect.any(Number), made_at: expect.any(Date) }]);
  const [reservation] = reservations;
  expect(reservation?.tokens).toBeGreaterThan(500);
  expect(budgets).toEqual([{ tokens: 0, reserved_tokens: reservation?.tokens }]);
  const { sweep } = createBudgetStore(db);
  const at = (minutes: number) => new Date((reservation?.made_at.getTime() ?? 0) + minutes * minuteMs);
  // A call under way elsewhere is left alone.
  expect(await sweep(at(14 - 15), at(14))).toBe(0);
  expect(await sweep(at(16 - 15), at(16))).toBe(1);
  expect(await rows()).toEqual({ reservations: [], budgets: [{ tokens: 0, reserved_tokens: 0 }] });
});
