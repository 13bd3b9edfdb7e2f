import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import { newTenant, type Tenant } from '../../../../test/tenant.ts';
import { until } from '../../../../test/until.ts';
import { createRecorder } from '../../../platform/events/record.ts';
import { createImportStore } from './imports.store.ts';
import { readingOf, rowsOf } from './read-file.ts';
import { createImportRunner } from './run-import.ts';
import { createRowTaker } from './take-rows.ts';
import { piecesOf } from './text.ts';

let house: House;
let tenant: Tenant;
let profileId: string;

beforeAll(async () => {
  house = await openHouse({ MEDIA_BASE64_BYTES_MAX: '16777216' });
  tenant = await newTenant(house.api);
});
afterAll(() => house?.close());

/** Each test has a profile of its own. */
const newProfile = async (more: object = {}) => {
  profileId = (await tenant.key.post('/profiles', { name: 'Shop', engine: 'sandbox', ...more })).id;
};
const csv = (csvData: string, more: object = {}) =>
  tenant.key.call('POST', '/contacts/import/csv', { profileId, csvData, ...more });
const upload = async (bytes: Buffer, filename = 'contacts.csv'): Promise<string> =>
  (await tenant.key.call('POST', '/uploads/media', { base64: bytes.toString('base64'), filename })).data.id;
const all = async () => {
  const { contacts } = await tenant.key.get(`/contacts?profileId=${profileId}&limit=200`);
  return (contacts as { phone: string; name: string; tags: string[]; metadata: object }[])
    .map(({ phone, name, tags, metadata }) => ({ phone, name, tags, metadata }))
    .toSorted((a, b) => a.phone.localeCompare(b.phone));
};
const total = async (): Promise<number> =>
  (await tenant.key.get(`/contacts?profileId=${profileId}&limit=1`)).total;
const ended = async (id: string) =>
  until('the import has ended', async () => {
    const row = await tenant.key.get(`/contacts/imports/${id}`);
    return row.status !== 'running' && row;
  });

function* counted(text: string, read: () => void) {
  for (const piece of piecesOf(text)) {
    read();
    yield piece;
  }
}

describe('a table', () => {
  test('is taken with any header, separator and line end, quoted breaks and local numbers', async () => {
    await newProfile({ defaultCountry: 'DE' });
    const rows = [
      ['NAMA ', 'Nomor', 'Label', 'note'],
      ['"Weber, ""Max""\nBerlin"', '0171 2345678', '"a;b\\;c"', 'x'],
      ['', '', '', 'no number'],
      ['Ani', '+62 812-3456-789', '', ''],
      ['nobody', 'abc', '', ''],
    ];
    for (const [separator, end] of [
      [',', '\n'],
      [';', '\r\n'],
      ['\t', '\r'],
    ] as const) {
      const { status, data } = await csv(`${rows.map((row) => row.join(separator)).join(end)}${end}`);
      expect(status).toBe(201);
      expect([data.created + data.updated, data.failed]).toEqual([2, 2]);
      expect(data.errors).toEqual([
        'Row 3: has no phone number',
        'Row 5: is no phone number with country code, nor the chat id of a person',
      ]);
      expect(data.rows[0]).toMatchObject({ line: 2, phone: '0171 2345678', reason: null });
    }
    expect(await all()).toEqual([
      { phone: '491712345678', name: 'Weber, "Max"\nBerlin', tags: ['a', 'b;c'], metadata: {} },
      { phone: '628123456789', name: 'Ani', tags: [], metadata: {} },
    ]);
  });

  test.each([
    ['UTF-8', (text: string) => Buffer.from(text)],
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
    ['UTF-16 LE', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 LE without a mark', (text: string) => Buffer.from(text, 'utf16le')],
    ['UTF-16 BE', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['Windows-1252', (text: string) => Buffer.from(text, 'latin1')],
  ])('in %s is read as what it is', async (_, bytes) => {
    await newProfile();
    const uploadId = await upload(bytes('phone;name\n+49 171 2345678;Jürgen Groß\n'), 'contacts.txt');
    const { status, body } = await tenant.key.call('POST', '/contacts/import/csv', { profileId, uploadId });
    expect([status, body.data?.created ?? body]).toEqual([201, 1]);
    expect(await all()).toMatchObject([{ phone: '491712345678', name: 'Jürgen Groß' }]);
  });

  test('has its columns named by the caller; others become metadata only when named', async () => {
    await newProfile();
    const mapping = { phone: 'Mobile', name: 'Full name', metadata: { city: 'Town' } };
    const text = 'phone,Full name,Town,Secret,mobile\n1,Ani,Bogor,x,0812 3456 789\n';
    const { data } = await csv(text, { mapping, tags: ['fair'] });
    expect(data).toMatchObject({ created: 1, failed: 0 });
    const expected = { phone: '628123456789', name: 'Ani', tags: ['fair'], metadata: { city: 'Bogor' } };
    expect(await all()).toEqual([expected]);
    const wrong = await csv(text, { mapping: { phone: 'Fax', metadata: { x: 'Nothing' } } });
    expect([wrong.status, wrong.body.error.code]).toEqual([400, 'CSV_COLUMN_MISSING']);
    expect(wrong.body.error.details).toMatchObject([
      { path: '/mapping/phone' },
      { path: '/mapping/metadata/x' },
    ]);
  });

  test('that was exported comes back as it was, formulas, quotes and all', async () => {
    await newProfile();
    const names = [
      '=cmd|calc',
      '+1',
      '-1',
      '@SUM(A1)',
      '\tx',
      "'=x",
      "''+y",
      'a "b", c\nd',
      '＝1',
      "'plain",
      'é 👩‍👩‍👧',
    ];
    const contacts = names.map((name, n) => ({
      phone: `6281400000${100 + n}`,
      name,
      tags: [`=t${n}`, 'a;b', 'c\\d'],
      metadata: {
        City: `=${name}`,
        '=1+1': 'x',
        ...(n % 2 && { age: n, list: ['a', null], 'a,b': { c: true } }),
      },
    }));
    await tenant.key.post('/contacts/import', { profileId, contacts });
    const before = await all();
    expect(before.map(({ name }) => name)).toEqual(names.map((name) => name.trim()));
    const { csv: text, count } = await tenant.key.get(`/contacts/export/csv?profileId=${profileId}`);
    expect(count).toBe(names.length);
    expect(text.split('\n')[0]).toBe(
      'phone,name,whatsapp_name,tags,created_at,metadata.=1+1,metadata.City,metadata',
    );
    for (const line of text.split('\n').slice(1)) {
      const [, name = '', , tags = ''] = line.split(',');
      if (!line.startsWith('62')) continue;
      expect(name.replace(/^"/, '')).not.toMatch(/^[=+\-@\t\r＝]/);
      if (tags.includes('=t')) expect(tags.replace(/^"/, '')).toMatch(/^'/);
    }
    await newProfile();
    expect((await csv(text)).data).toMatchObject({ created: names.length, failed: 0 });
    expect(await all()).toEqual(before);
  });

  test('says at once what is wrong with it as a whole, and takes nothing then', async () => {
    await newProfile();
    const good = '0812 3456 789';
    const answers = {
      'phone,name\n1,"never closed\n2,x\n': 'CSV_UNREADABLE',
      'name,age\nAni,5\n': 'CSV_COLUMN_MISSING',
      '"never closed': 'CSV_UNREADABLE',
      '\u0001': 'CSV_COLUMN_MISSING',
      [Array(5_000).fill('phone').join()]: 'CSV_UNREADABLE',
      [`${'x'.repeat(300_000)},phone\n${good},`]: 'CSV_UNREADABLE',
    };
    for (const [text, code] of Object.entries(answers)) {
      const { status, body } = await csv(text.replace('1,', `${good},`));
      expect([text.slice(0, 30), status, body.error?.code]).toEqual([text.slice(0, 30), 400, code]);
    }
    expect((await csv('phone\n', { uploadId: crypto.randomUUID() })).status).toBe(400);
    expect((await tenant.key.call('POST', '/contacts/import/csv', { profileId })).status).toBe(400);
    expect(await total()).toBe(0);
  });

  test('with a million columns is refused by a sentence, without having them in memory', async () => {
    const million = 1_000_000;
    for (const separator of [',', ';', '\t']) {
      for (const cell of ['a', '', '"a"']) {
        const { status, body } = await csv(`phone${`${separator}${cell}`.repeat(million)}\n628123450001\n`);
        expect([status, body.error.code]).toEqual([400, 'CSV_UNREADABLE']);
        expect(body.error.message).toBe('The first row is too long for a header.');
      }
      const short = await csv(`phone${separator.repeat(200_000)}\n628123450001\n`);
      expect([short.status, short.body.error.message]).toEqual([
        400,
        'The table has more than 1000 columns.',
      ]);
    }
    const text = `phone\n628123450001\n628123450002${','.repeat(30 * million)}\n628123450003\n`;
    let pieces = 0;
    const count = () => {
      pieces += 1;
    };
    const open = async () => Readable.from(counted(text, count));
    const reading = await readingOf(open, undefined);
    pieces = 0;
    const phones: string[] = [];
    const reads = async () => {
      for await (const { phone } of rowsOf(open, reading, 0)) phones.push(phone);
    };
    await expect(reads()).rejects.toThrow('Row 3: it has more than 200000 columns.');
    expect(phones).toEqual(['628123450001']);
    expect(pieces).toBeLessThan(20);
  });

  test('with huge or foul cells loses those rows alone', async () => {
    await newProfile();
    const rows = [
      'phone,name,x',
      `0812 3456 780,${'n'.repeat(10_000_000)},`,
      `0812 3456 781,b,${'x'.repeat(1_000_000)}`,
    ];
    const uploadId = await upload(
      Buffer.from(
        [...rows, '0812 3456 782,c\u0000d,', '0812 3456 783', `0812 3456 784,e${',x'.repeat(100_000)}`].join(
          '\n',
        ),
      ),
    );
    const { status, data } = await tenant.key.call('POST', '/contacts/import/csv', { profileId, uploadId });
    expect(status).toBe(202);
    expect(await ended(data.id)).toMatchObject({ status: 'done', rowsRead: 5, created: 4, failed: 1 });
    const failures = await tenant.key.call('GET', `/contacts/imports/${data.id}/failures`);
    expect(failures.body).toBe('line,phone,reason\n2,0812 3456 780,the name is longer than 255 characters\n');
    expect((await all()).map(({ name }) => name)).toEqual(['b', 'cd', null, 'e']);
  });
});

describe('again and again', () => {
  test('the same people under any form of their numbers are there once, with all that was said', async () => {
    await newProfile();
    const contacts = [
      { phone: '+55 11 98765-4321', name: 'Maria', tags: ['a'], metadata: { x: 1 } },
      { phone: '551187654321', tags: ['b'], metadata: { y: 2 } },
      { phone: '628123456789', name: 'Ani' },
      { phone: '', name: 'nobody' },
    ];
    const first = await tenant.key.post('/contacts/import', { profileId, contacts, dryRun: true });
    expect(first).toMatchObject({ created: 2, updated: 1, failed: 1, isDryRun: true });
    expect(await total()).toBe(0);
    const second = await tenant.key.post('/contacts/import', { profileId, contacts });
    expect(second).toMatchObject({ created: 2, updated: 1, failed: 1, errors: [': has no phone number'] });
    expect(await tenant.key.post('/contacts/import', { profileId, contacts })).toMatchObject({
      created: 0,
      updated: 3,
    });
    expect(await all()).toEqual([
      { phone: '5511987654321', name: 'Maria', tags: ['a', 'b'], metadata: { x: 1, y: 2 } },
      { phone: '628123456789', name: 'Ani', tags: [], metadata: {} },
    ]);
  });

  test('two imports of the same people at once, in opposite orders, end as one', async () => {
    await newProfile();
    const contacts = Array.from({ length: 400 }, (_, n) => ({
      phone: String(6281500000000 + n),
      name: `N ${n}`,
    }));
    const [one, other] = await Promise.all(
      [contacts, contacts.toReversed()].map((list) =>
        tenant.key.post('/contacts/import', { profileId, contacts: list }),
      ),
    );
    expect([one.created + other.created, one.failed + other.failed]).toEqual([400, 0]);
    expect(await total()).toBe(400);
  });
});

describe('a long one', () => {
  const rowsMax = 5_000;
  const table = (rows: number) =>
    `phone,name\n${Array.from({ length: rows }, (_, n) => `${6281600000000 + n},N ${n % 20 ? n : 'x'.repeat(300)}`).join('\n')}\n`;

  test('goes on as a job that is shown and told, with every row that failed; again, nothing is new', async () => {
    await newProfile();
    const { status, data } = await csv(table(rowsMax + 1));
    expect(status).toBe(202);
    expect(data).toMatchObject({ status: 'running', created: 0, updated: 0, failed: 0, errors: [] });
    const bad = 251;
    const row = await ended(data.id);
    expect(row).toMatchObject({
      status: 'done',
      rowsRead: 5_001,
      created: 5_001 - bad,
      failed: bad,
      updated: 0,
    });
    expect(await total()).toBe(5_001 - bad);
    const failures = (await tenant.key.call('GET', `/contacts/imports/${data.id}/failures`)).body
      .trimEnd()
      .split('\n');
    expect([failures.length, failures[1]]).toEqual([
      bad + 1,
      '2,6281600000000,the name is longer than 255 characters',
    ]);
    const again = await csv(table(rowsMax + 1));
    expect(await ended(again.data.id)).toMatchObject({ created: 0, updated: 5_001 - bad });
    const list = await tenant.key.get(`/contacts/imports?profileId=${profileId}&limit=1`);
    expect([list.imports[0].id, typeof list.cursor]).toEqual([again.data.id, 'string']);
    const { db } = house.database.database;
    const events = await db
      .selectFrom('events')
      .select('body')
      .where('name', '=', 'contact.imported')
      .execute();
    expect(events.some(({ body }) => body.importId === data.id && body.status === 'done')).toBe(true);
    await tenant.key.delete(`/contacts/imports/${data.id}`);
    expect((await tenant.key.call('GET', `/contacts/imports/${data.id}/failures`)).status).toBe(404);
  });

  test('interrupted anywhere it goes on at its row, whoever does it, and counts no row twice', async () => {
    await newProfile();
    const { db } = house.database.database;
    const imports = createImportStore(db);
    const now = house.clock.now();
    const whose = { organization_id: tenant.organizationId, profile_id: profileId };
    const reading = await readingOf(async () => Readable.from([Buffer.from(table(20))]), undefined);
    const { id } = await db.transaction().execute((tx) =>
      imports.insert(tx, {
        ...{
          ...whose,
          id: crypto.randomUUID(),
          media_id: crypto.randomUUID(),
          is_dry_run: false,
          status: 'running',
        },
        ...{
          reading: JSON.stringify({ reading, country: 'ID', tags: [] }),
          created_at: now,
          updated_at: now,
        },
      }),
    );
    let chunks = 0;
    const stop = new AbortController();
    const run = createImportRunner({
      ...{ db, clock: house.clock, store: imports, events: createRecorder(house.clock, () => undefined) },
      takeRows: createRowTaker({
        clock: house.clock,
        followContacts: async () => void (++chunks === 3 && stop.abort()),
      }),
      media: {
        openMedia: async () => ({
          stream: Readable.from([Buffer.from(table(3 * rowsMax))]),
          media: undefined as never,
        }),
        release: async () => undefined,
      },
    });
    await expect(run({ importId: id }, stop.signal)).rejects.toThrow();
    const broken = await tenant.key.get(`/contacts/imports/${id}`);
    expect(broken).toMatchObject({ status: 'running', rowsRead: 3_000, created: 2_850, failed: 150 });
    const { signal } = new AbortController();
    // The node that seemed gone goes on as well: one of the two finds itself overtaken.
    await Promise.all([run({ importId: id }, signal), run({ importId: id }, signal)]);
    await run({ importId: id }, signal);
    const row = await tenant.key.get(`/contacts/imports/${id}`);
    expect(row).toMatchObject({ status: 'done', rowsRead: 15_000, created: 14_250, updated: 0, failed: 750 });
    expect(await total()).toBe(14_250);
  });

  test('that breaks off is told with its row, and what came before it stays', async () => {
    await newProfile();
    const { data } = await csv(`${table(rowsMax + 10)}628170000000,"never closed\n6281700000001,x\n`);
    const row = await ended(data.id);
    expect(row).toMatchObject({ status: 'failed', rowsRead: rowsMax + 10 });
    expect(row.errors).toEqual([`Row ${rowsMax + 12}: a quote is opened that is never closed.`]);
    expect(await total()).toBe(row.created);
  });

  test('of a list is taken as well, and a dry run changes nothing', async () => {
    await newProfile();
    const contacts = Array.from({ length: rowsMax + 1 }, (_, n) => ({
      phone: String(6281800000000 + n),
      tags: ['x'],
    }));
    const { status, data } = await tenant.key.call('POST', '/contacts/import', {
      profileId,
      contacts,
      dryRun: true,
    });
    expect(status).toBe(202);
    expect(await ended(data.id)).toMatchObject({ created: rowsMax + 1, failed: 0, isDryRun: true });
    expect(await total()).toBe(0);
  });
});
