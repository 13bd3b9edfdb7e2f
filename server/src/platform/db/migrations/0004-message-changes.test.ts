import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { insertProfile, whoseProfile } from '../../../../test/profile-rows.ts';
import { newId } from '../../ids.ts';
import { databaseBefore } from './testing.ts';

test('changes stored as messages by earlier versions wait beside the messages they are about', async () => {
  const { db, migrate, drop } = await databaseBefore('0004');
  try {
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

    await migrate();

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
    await drop();
  }
});
