import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { newTenant, type Tenant } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { startS3 } from '../../platform/storage/testing.ts';

const secret = 'S3RVER';
let s3: Awaited<ReturnType<typeof startS3>>;
let house: House;
let tenant: Tenant;
/** Shared by all nodes. */
let media: string;
beforeAll(async () => {
  s3 = await startS3();
  media = await mkdtemp(join(tmpdir(), 'mwa-media-'));
  house = await openHouse({ OUTBOUND_ALLOW: '127.0.0.1/32', MEDIA_DIR: media });
  tenant = await newTenant(house.api);
});
afterAll(async () => {
  await house?.close();
  await s3?.close();
  await rm(media, { recursive: true, force: true });
});

const settings = () => ({
  ...{ type: 's3', s3Endpoint: s3.settings.endpoint, s3Bucket: 'media' },
  ...{ s3AccessKey: 'S3RVER', s3SecretKey: secret },
});
const put = (body: object, who = tenant) => who.owner.call('PUT', '/settings/storage', body);
const tryOut = (body: object, who = tenant, query = '') =>
  who.owner.post(`/settings/storage/test${query}`, body);
const upload = (text: string, who = tenant, api = who.key) =>
  api.call('POST', '/uploads/media', {
    base64: Buffer.from(text).toString('base64'),
    filename: `${text}.txt`,
  });
const textOf = async (url: string) => (await fetch(url)).text();
const details = ({ body }: { body: any }) => body.error.details.map(({ path }: { path: string }) => path);
const bucketOf = async (mediaId: string) =>
  (
    await house.database.database.db
      .selectFrom('media')
      .leftJoin('media_places', 'media_places.id', 'media.place_id')
      .select('media_places.settings')
      .where('media.id', '=', mediaId)
      .executeTakeFirstOrThrow()
  ).settings?.bucket;

test('files of an organisation go to its bucket at once, on every node, and stay readable', async () => {
  const server = await house.anotherNode();
  const there = server.api.as(tenant.credentials);
  expect(await tenant.owner.get('/settings/storage')).toMatchObject({ type: 'local', source: 'env' });
  const old = (await upload('old')).data;
  expect((await put(settings())).data).toMatchObject({
    success: true,
    storage: { type: 's3', s3Bucket: 'media', s3Region: 'us-east-1', source: 'database' },
  });
  const [here, elsewhere] = [(await upload('new')).data, (await upload('newer', tenant, there)).data];
  expect([await bucketOf(here.id), await bucketOf(elsewhere.id), await bucketOf(old.id)]).toEqual([
    ...['media', 'media', undefined],
  ]);
  expect(await Promise.all([old.url, here.url, elsewhere.url].map(textOf))).toEqual(['old', 'new', 'newer']);
  // Other keys for the same bucket, seen where a client for it is open already.
  await put({ s3AccessKey: 'lost', s3SecretKey: 'lost' });
  expect([(await upload('not taken', tenant, there)).status, (await upload('not taken')).status]).toEqual([
    503, 503,
  ]);
  await put(settings());
  expect((await upload('taken', tenant, there)).status).toBe(201);
  const { data } = await put({ type: 'local' });
  expect(data.storage).toMatchObject({ type: 'local', source: 'env', s3Bucket: null });
  expect(await bucketOf((await upload('back')).data.id)).toBe(undefined);
});

test('keys are sealed, masked, kept by their mask, and never shown to another store', async () => {
  const other = await newTenant(house.api);
  const longSecret = 'a-long-secret-of-ours';
  await put({ ...settings(), s3AccessKey: 'AKIA-of-a-bakery', s3SecretKey: longSecret }, other);
  const shown = await other.owner.get('/settings/storage');
  expect(shown).toMatchObject({ s3AccessKey: '********kery', s3SecretKey: '********ours' });
  const { rows } = await sql<{ row: string }>`select p::text as row from media_places p union all
    select a::text from audit_logs a`.execute(house.database.database.db);
  const kept = JSON.stringify(rows);
  for (const key of [longSecret, 'AKIA-of-a-bakery']) {
    expect(kept).not.toContain(key);
    expect(kept).not.toContain(Buffer.from(key).toString('hex'));
  }
  expect((await put({ ...shown, s3Region: 'eu-west-1' }, other)).status).toBe(200);
  expect((await other.owner.get('/settings/storage')).s3SecretKey).toBe('********ours');
  const refused = await put({ ...shown, s3Endpoint: 'https://s3.example.com' }, other);
  expect(refused.body.error.details).toEqual([
    { path: '/s3AccessKey', problem: 'is needed anew for another store' },
    { path: '/s3SecretKey', problem: 'is needed anew for another store' },
  ]);
  const third = await newTenant(house.api);
  expect(details(await put({ ...settings(), s3SecretKey: '********ours' }, third))).toEqual(['/s3SecretKey']);
});

test('everything wrong with a bucket is told at once, and nothing of it is kept', async () => {
  const other = await newTenant(house.api);
  const wrong = {
    type: 's3',
    s3Endpoint: 'ftp://x',
    s3Bucket: 'arn:aws:s3',
    s3Region: 'a b',
    s3AccessKey: 'a\nb',
  };
  expect(details(await put(wrong, other))).toEqual([
    ...['/s3Endpoint', '/s3Bucket', '/s3Region', '/s3AccessKey', '/s3SecretKey'],
  ]);
  expect(details(await put({ type: 'ftp', s3ForcePathStyle: 'yes' }, other))).toEqual([
    ...['/type', '/s3ForcePathStyle'],
  ]);
  const closed = await put({ ...settings(), s3Endpoint: 'http://10.1.2.3:9000' }, other);
  expect([closed.status, closed.body.error.code]).toEqual([422, 'TARGET_NOT_ALLOWED']);
  expect((await other.owner.get('/settings/storage')).source).toBe('env');
});

test('a test of a bucket says in words what happened, and reaches no private address', async () => {
  const other = await newTenant(house.api);
  const told = async (body: object, query = '') => {
    const { code, message, success } = await tryOut({ ...settings(), ...body }, other, query);
    expect(success).toBe(code === null);
    return [code, message];
  };
  expect(await told({})).toEqual([null, 'The bucket media takes files, gives them back and removes them.']);
  expect(await told({ s3AccessKey: 'stranger' })).toEqual([
    'login',
    expect.stringContaining('refused the keys'),
  ]);
  expect(await told({ s3Bucket: 'nowhere' })).toEqual([
    'bucket',
    expect.stringContaining('no bucket nowhere'),
  ]);
  expect(await tryOut({ ...settings(), s3Bucket: 'made-new' }, other, '?createBucket=true')).toMatchObject({
    ...{ success: true, bucketCreated: true, bucketMissing: false },
  });
  expect(await told({ s3Endpoint: 'http://nowhere.invalid' })).toEqual([
    'dns',
    'The name of nowhere.invalid could not be resolved.',
  ]);
  for (const s3Endpoint of ['http://10.1.2.3', 'http://169.254.169.254', 'http://[::ffff:10.1.2.3]:9000']) {
    expect(await told({ s3Endpoint })).toEqual(['target', expect.stringContaining('OUTBOUND_ALLOW')]);
  }
  const closed = await listening((server) => server.close());
  expect(await told({ s3Endpoint: `http://127.0.0.1:${closed.port}` })).toEqual([
    'connection',
    expect.stringContaining('refused the connection'),
  ]);
  expect(await told({ s3Endpoint: s3.settings.endpoint.replace('http:', 'https:') })).toEqual([
    'tls',
    expect.stringContaining('TLS'),
  ]);
  const again = await other.owner.call('POST', '/settings/storage/test', settings());
  expect([again.status, again.body.error.code]).toEqual([429, 'RATE_LIMITED']);
  const third = await newTenant(house.api);
  expect(await tryOut({}, third)).toMatchObject({
    ...{ success: true, message: expect.stringContaining('The storage of this server') },
  });
});

test('a move brings all files along, shows how far it is, and belongs to one organisation', async () => {
  const other = await newTenant(house.api);
  const urls = [];
  for (const text of ['one', 'two', 'three']) urls.push((await upload(text, other)).data.url);
  expect(await other.owner.get('/settings/storage/move')).toMatchObject({ state: 'none', totalFiles: 0 });
  await put(settings(), other);
  expect(await other.owner.post('/settings/storage/move')).toMatchObject({ totalFiles: 3, totalBytes: 11 });
  const over = await until('the move is over', async () => {
    const move = await other.owner.get('/settings/storage/move');
    return move.finishedAt && move;
  });
  expect(over).toMatchObject({ state: 'done', movedFiles: 3, movedBytes: 11, failedFiles: 0, problem: null });
  expect(await Promise.all(urls.map(textOf))).toEqual(['one', 'two', 'three']);
  for (const word of ['pause', 'resume', 'cancel']) {
    expect((await other.owner.call('POST', `/settings/storage/move/${word}`)).status).toBe(404);
  }
  expect(await (await newTenant(house.api)).owner.get('/settings/storage/move')).toMatchObject({
    state: 'none',
  });
});

/** Something that listens and speaks no HTTP. */
async function listening(then: (server: Server) => unknown) {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  then(server);
  return { server, port };
}
