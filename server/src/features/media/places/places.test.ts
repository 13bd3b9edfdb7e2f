import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '../../../platform/db/transaction.ts';
import { createS3Storage } from '../../../platform/storage/s3.ts';
import { nameOf, type Storage } from '../../../platform/storage/storage.ts';
import { startS3 } from '../../../platform/storage/testing.ts';
import { type MediaKit, openMediaKit, png, streamOf } from '../testing.ts';
import { type BucketSettings, type PlaceId, toS3 } from './places.ts';

let s3: Awaited<ReturnType<typeof startS3>>;
let kit: MediaKit;
/** What the test does with each file that goes to the server's own storage, or is removed there. */
const onDisk = { keep: async () => undefined as unknown, remove: async () => undefined as unknown };
beforeAll(async () => {
  s3 = await startS3();
  kit = await openMediaKit({}, { storage: watched });
});
afterAll(async () => {
  await kit?.close();
  await s3?.close();
});

function watched(own: Storage): Storage {
  return {
    ...own,
    async receive(source, limits) {
      const received = await own.receive(source, limits);
      return {
        ...received,
        keep: async (name) => {
          await onDisk.keep();
          await received.keep(name);
        },
      };
    },
    async remove(name) {
      await onDisk.remove();
      await own.remove(name);
    },
  };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bucket = (more: Partial<BucketSettings> = {}): BucketSettings => ({
  ...{ endpoint: s3.settings.endpoint, bucket: 'media', region: 'us-east-1', forcePathStyle: true },
  ...{ accessKey: 'S3RVER', secretKey: 'S3RVER' },
  ...more,
});
const use = (owner: string, settings: BucketSettings | undefined): Promise<PlaceId> =>
  inTransaction(kit.db, (tx) => kit.media.places.use(tx, owner, settings));
const begin = (owner: string) => inTransaction(kit.db, (tx) => kit.media.moves.begin(tx, owner));
/** The bucket of a place, looked at from outside. */
const at = (place: PlaceId, settings = bucket()): Storage =>
  place === null ? kit.storage : createS3Storage(toS3(settings, place), kit.files.arriving);
const store = (owner: string, bytes: Uint8Array, filename = '') =>
  kit.media.store(owner, streamOf(bytes), { filename });
const read = async (owner: string, id: string) =>
  buffer((await kit.media.openMedia({ organizationId: owner }, id)).stream);

test('new files go to the bucket that was set at once; old ones are read where they lie', async () => {
  const [owner, other] = [await kit.organization(), await kit.organization()];
  const [before, after] = [Buffer.from('before'), Buffer.from('after')];
  const old = await store(owner, before);
  const place = await use(owner, bucket());
  const [made, same] = [await store(owner, after), await store(owner, before)];
  expect([made.place_id, same.id, same.place_id]).toEqual([place, old.id, null]);
  expect((await store(other, after)).place_id).toBe(null);
  expect([await read(owner, old.id), await read(owner, made.id)]).toEqual([before, after]);
  expect(await at(place).exists(nameOf(owner, sha256(after)))).toBe(true);
  expect(await kit.storage.exists(nameOf(owner, sha256(after)))).toBe(false);
  expect(await use(owner, bucket({ forcePathStyle: true }))).toBe(place);
  await use(owner, undefined);
  expect((await store(owner, Buffer.from('later'))).place_id).toBe(null);
  expect(await read(owner, made.id)).toEqual(after);
});

test('files move between disk and buckets, with pictures, and what lay there before is removed', async () => {
  const owner = await kit.organization();
  const [picture, words] = [await png(30, 30), Buffer.from('words')];
  const [first, twin, second] = [
    await store(owner, picture, 'a.png'),
    await store(owner, picture, 'b.png'),
    await store(owner, words),
  ];
  const one = await use(owner, bucket());
  const other = await use(owner, bucket({ region: 'eu-west-1' }));
  for (const [from = null, to = null, settings] of [
    [null, one, bucket()],
    [one, other, bucket({ region: 'eu-west-1' })],
    [other, null, undefined],
  ] as const) {
    await use(owner, settings);
    await begin(owner);
    await kit.work();
    expect(await kit.media.moves.latest(owner)).toMatchObject({
      ...{ state: 'done', total_files: 2, moved_files: 2, failed_files: 0, problem: null },
      moved_bytes: picture.length + words.length,
    });
    for (const { id } of [first, twin]) expect((await read(owner, id)).equals(picture)).toBe(true);
    expect(await read(owner, second.id)).toEqual(words);
    for (const part of [undefined, 'thumbnail']) {
      const name = nameOf(owner, sha256(picture), part);
      expect([await at(from).exists(name), await at(to).exists(name)]).toEqual([false, true]);
    }
  }
  expect(await kit.media.totals(owner)).toEqual({ bytes: picture.length + words.length, files: 2 });
});

test('a move that breaks off at any step goes on, and loses and doubles nothing', async () => {
  const owner = await kit.organization();
  const contents = Array.from({ length: 6 }, (_, n) => Buffer.from(`content ${n}`));
  const place = await use(owner, bucket());
  const files = await Promise.all(contents.map((bytes) => store(owner, bytes)));
  let kept = 0;
  onDisk.keep = async () => {
    if (++kept === 3) throw new Error('the disk is away');
  };
  await use(owner, undefined);
  await begin(owner);
  const [job] = kit.jobs.splice(0);
  await kit.run(job);
  expect(await kit.media.moves.latest(owner)).toMatchObject({
    ...{ state: 'running', moved_files: 2, attempts: 1, problem: 'A file could not be copied.' },
  });
  // What was removed there before, and is being copied there just now, must not go.
  const { copying } = (await kit.media.moves.latest(owner)) ?? {};
  await kit.unwanted(owner, copying ?? 'nothing is being copied', null);
  onDisk.keep = async () => kit.cleanUp();
  kit.clock.advance({ minutes: 1 });
  await kit.work();
  onDisk.keep = async () => undefined;
  expect(await kit.media.moves.latest(owner)).toMatchObject({
    state: 'done',
    moved_files: 6,
    total_files: 6,
  });
  await kit.cleanUp();
  for (const [n, { id }] of files.entries()) {
    expect(await read(owner, id)).toEqual(contents[n]);
    expect(await at(place).exists(nameOf(owner, sha256(contents[n] ?? Buffer.of())))).toBe(false);
  }
});

test('a file that was changed or lost where it lay stays behind and is counted; the others go', async () => {
  const owner = await kit.organization();
  const [lost, changed, well] = [Buffer.from('lost'), Buffer.from('changed'), Buffer.from('well')];
  for (const bytes of [lost, changed, well]) await store(owner, bytes);
  await kit.storage.remove(nameOf(owner, sha256(lost)));
  const received = await kit.storage.receive(streamOf(Buffer.from('CHANGED')), { bytesMax: 9 });
  await received.keep(nameOf(owner, sha256(changed)));
  await use(owner, bucket());
  await begin(owner);
  await kit.work();
  expect(await kit.media.moves.latest(owner)).toMatchObject({
    ...{ state: 'incomplete', moved_files: 1, failed_files: 2, total_files: 3 },
  });
  const rows = await kit.db
    .selectFrom('media')
    .select('place_id')
    .where('organization_id', '=', owner)
    .execute();
  expect(rows.filter(({ place_id }) => place_id === null)).toHaveLength(2);
});

test('a move is paused, resumed and cancelled, and ends when new files go elsewhere', async () => {
  const owner = await kit.organization();
  const files = [await store(owner, Buffer.from('one')), await store(owner, Buffer.from('two'))];
  await use(owner, bucket());
  const turn = (word: 'pause' | 'resume' | 'cancel') =>
    inTransaction(kit.db, (tx) => kit.media.moves[word](tx, owner));
  await begin(owner);
  await expect(begin(owner)).rejects.toMatchObject({ code: 'STORAGE_MOVE_UNDER_WAY' });
  await turn('pause');
  await kit.work();
  expect(await kit.media.moves.latest(owner)).toMatchObject({ state: 'paused', moved_files: 0 });
  await turn('resume');
  await kit.work();
  expect(await kit.media.moves.latest(owner)).toMatchObject({ state: 'done', moved_files: 2 });
  await expect(turn('cancel')).rejects.toMatchObject({ code: 'STORAGE_MOVE_NOT_FOUND' });
  await use(owner, undefined);
  await begin(owner);
  await use(owner, bucket());
  await kit.work();
  expect(await kit.media.moves.latest(owner)).toMatchObject({ state: 'cancelled', moved_files: 0 });
  expect(await read(owner, files[0]?.id ?? '')).toEqual(Buffer.from('one'));
});

test('a bucket that is away holds up no removal of others, rests, and is tried again', async () => {
  const owners = [await kit.organization(), await kit.organization(), await kit.organization()];
  const [dead = '', alive = '', server = ''] = owners;
  const [deadPlace, alivePlace] = [await use(dead, bucket()), await use(alive, bucket())];
  const bytes = await png(20, 20);
  for (const owner of owners) await store(owner, bytes);
  await use(dead, bucket({ accessKey: 'lost' }));
  kit.clock.advance({ hours: 2 });
  await kit.cleanUp();
  const left = () =>
    Promise.all([
      at(deadPlace).exists(nameOf(dead, sha256(bytes))),
      at(alivePlace).exists(nameOf(alive, sha256(bytes))),
      at(null).exists(nameOf(server, sha256(bytes), 'thumbnail')),
    ]);
  expect(await left()).toEqual([true, false, false]);
  const rests = () =>
    kit.db.selectFrom('media_places').select(['failures', 'rests_until']).where('id', '=', deadPlace);
  expect((await rests().executeTakeFirstOrThrow()).failures).toBe(1);
  await kit.cleanUp();
  expect((await rests().executeTakeFirstOrThrow()).failures, 'it rests').toBe(1);
  kit.clock.advance({ hours: 1 });
  await kit.cleanUp();
  expect((await rests().executeTakeFirstOrThrow()).failures).toBe(2);
  await use(dead, bucket());
  await kit.cleanUp();
  expect(await left()).toEqual([false, false, false]);
});
