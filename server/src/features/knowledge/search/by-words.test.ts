import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../../test/profile-rows.ts';
import { newId } from '../../../platform/ids.ts';
import { createDocumentStore } from '../documents.store.ts';
import { prepare } from '../text/prepare.ts';
import { createByWords } from './by-words.ts';
import { createWordsStore } from './words.store.ts';

test('a database without trigrams finds words as they are written', async () => {
  const house = await testDatabase();
  try {
    const { db } = house.database;
    await sql`drop extension pg_trgm cascade`.execute(db);
    const { organizationId, profileId } = await whoseProfile(db, await insertProfile(db));
    const store = createDocumentStore(db);
    const { chunks, hash, size } = prepare('Hours', 'We open at seven.');
    const now = new Date();
    await store.inTransaction(async (tx) => {
      await store.lock(tx, organizationId, profileId);
      const row = await store.insert(tx, {
        ...{
          id: newId(),
          organization_id: organizationId,
          profile_id: profileId,
          name: 'Hours',
          type: 'txt',
        },
        ...{ size, content_hash: hash, chunk_count: 1, status: 'ready', created_at: now, updated_at: now },
      });
      await store.addChunks(tx, row, chunks);
    });
    const find = createByWords(createWordsStore(db));
    expect((await find(organizationId, profileId, 'seven', 5)).hits).toHaveLength(1);
    expect((await find(organizationId, profileId, 'sevenn', 5)).hits).toEqual([]);
  } finally {
    await house.drop();
  }
});
