import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createImportStore } from '../src/features/contacts/import/imports.store.ts';
import { readingOf } from '../src/features/contacts/import/read-file.ts';
import { createImportRunner } from '../src/features/contacts/import/run-import.ts';
import { createRowTaker } from '../src/features/contacts/import/take-rows.ts';
import { followContacts } from '../src/features/conversations/index.ts';
import { createRecorder } from '../src/platform/events/record.ts';
import { type TestDatabase, testDatabase } from '../test/database.ts';
import { turnedClock } from '../test/kit/clock.ts';
import { insertProfile, whoseProfile } from '../test/profile-rows.ts';

const rows = 1_000_000;
let house: TestDatabase;
beforeAll(async () => {
  house = await testDatabase();
});
afterAll(() => house?.drop());

/** One row in twenty is wrong; made as it is read, so that the memory measured is that of the import. */
function* table(): Generator<Buffer> {
  yield Buffer.from('\uFEFFphone;name;tags\r\n');
  for (let at = 0; at < rows; at += 1_000) {
    let text = '';
    for (let n = at; n < at + 1_000; n++) {
      const phone = n % 20 === 0 ? 'nobody' : `0${81_200_000_000 + n}`;
      text += `${phone};"Guest, ""${n}""";"a;b"\r\n`;
    }
    yield Buffer.from(text);
  }
}

test('a million rows, one in twenty broken, take under 300 MB, and each broken one is told', async () => {
  const { db } = house.database;
  const clock = turnedClock();
  const profileId = await insertProfile(db);
  const { organizationId } = await whoseProfile(db, profileId);
  const imports = createImportStore(db);
  const open = async () => Readable.from(table());
  const reading = { reading: await readingOf(open, undefined), country: 'ID', tags: [] };
  const now = clock.now();
  const { id } = await db.transaction().execute((tx) =>
    imports.insert(tx, {
      ...{ id: crypto.randomUUID(), organization_id: organizationId, profile_id: profileId },
      ...{
        media_id: crypto.randomUUID(),
        is_dry_run: false,
        status: 'running',
        reading: JSON.stringify(reading),
      },
      ...{ created_at: now, updated_at: now },
    }),
  );
  const run = createImportRunner({
    ...{ db, clock, store: imports, events: createRecorder(clock, () => undefined) },
    takeRows: createRowTaker({ clock, followContacts }),
    media: {
      openMedia: async () => ({ stream: await open(), media: undefined as never }),
      release: async () => undefined,
    },
  });
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 100);
  const begun = performance.now();
  await run({ importId: id }, new AbortController().signal);
  clearInterval(watch);
  const seconds = (performance.now() - begun) / 1_000;
  const mb = (most - before) / 1_048_576;
  console.log(`| import of a million contacts | ${seconds.toFixed(0)} s, ${mb.toFixed(0)} MB more |`);
  const row = await imports.find({ organizationId }, id);
  expect(row).toMatchObject({
    status: 'done',
    rows_read: rows,
    created: rows * 0.95,
    failed: rows * 0.05,
    updated: 0,
  });
  const { count } = await db
    .selectFrom('contact_import_problems')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('import_id', '=', id)
    .executeTakeFirstOrThrow();
  expect(Number(count)).toBe(rows * 0.05);
  expect(mb).toBeLessThan(300);
}, 1_800_000);
