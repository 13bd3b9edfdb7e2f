import { Kysely, PostgresDialect, sql } from 'kysely';
import { expect, test } from 'vitest';
import { createDatabase } from '../../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../../test/profile-rows.ts';
import { newId } from '../../ids.ts';
import { silentLog } from '../../log.ts';
import { migrateToLatest } from '../migrate.ts';
import { createPools } from '../pools.ts';
import type { Tables } from '../tables.ts';
import { migrations } from './index.ts';

test('changes stored as messages by earlier versions wait beside the messages they are about', async () => {
  const { databaseUrl, drop } = await createDatabase();
  const pools = createPools({ connectionString: databaseUrl }, silentLog);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pools.open(2) }) });
  try {
    const before = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '0004'));
    await migrateToLatest(db, silentLog, before);
    const { organizationId, profileId } = await whoseProfile(db, await insertProfile(db));
    const conversationId = newId();
    const at = (n: number) => new Date(1_700_000_000_000 + n * 1000);
    await sql`insert into conversations (id, organization_id, profile_id, chat, type, created_at, updated_at)
      values (${conversationId}, ${organizationId}, ${profileId}, '628111000001@c.us', 'user', ${at(0)}, ${at(0)})`.execute(
      db,
    );
    const store = async (n: number, type: string, content: object, direction = 'incoming') => {
      await sql`insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction,
          sender, type, content, status, generation, timestamp, created_at, updated_at)
        values (${newId()}, ${organizationId}, ${profileId}, ${conversationId}, ${`M${n}`}, ${direction},
          '628111000001@c.us', ${type}, ${JSON.stringify(content)}, 'received', 1, ${at(n)}, ${at(n)}, ${at(n)})`.execute(
        db,
      );
    };
    await store(1, 'text', { text: 'first' });
    await store(2, 'edited', { targetId: 'M1', content: { type: 'text', text: 'second' } });
    await store(3, 'edited', { targetId: 'M1', content: { type: 'text', text: 'third' } });
    await store(4, 'reaction', { targetId: 'M1', emoji: '👍' }, 'outgoing');
    await store(5, 'poll-vote', { targetId: 'M1' });
    await store(6, 'revoked', {});

    await migrateToLatest(db, silentLog, migrations);

    const left = await db.selectFrom('messages').select('wa_message_id').execute();
    expect(left.map((row) => row.wa_message_id)).toEqual(['M1']);
    const changes = db
      .selectFrom('message_changes')
      .select(['kind', 'author_key', 'content', 'waiting', 'at']);
    expect(await changes.where('target_id', '=', 'M1').orderBy('at').execute()).toEqual([
      {
        kind: 'edited',
        author_key: 'them',
        content: { content: { type: 'text', text: 'third' } },
        waiting: true,
        at: at(3),
      },
      { kind: 'reaction', author_key: 'me', content: { emoji: '👍' }, waiting: true, at: at(4) },
    ]);
  } finally {
    await pools.close();
    await drop();
  }
});
