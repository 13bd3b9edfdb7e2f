import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../platform/ids.ts';
import { nameOf } from '../../platform/storage/storage.ts';
import { BeingRemoved } from './places/removals.store.ts';
import { whenNotRemoved } from './places/removals.ts';
import { bomb, type MediaKit, openMediaKit, pdf, png, streamOf, text } from './testing.ts';

let kit: MediaKit;
let organizationId: string;
beforeAll(async () => {
  kit = await openMediaKit({ mediaQuotaBytes: 2_000_000, ffmpeg: 'no-such-program' });
  organizationId = await kit.organization();
});
afterAll(() => kit?.close());

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const isStored = (bytes: Uint8Array, whose = organizationId, part?: string) =>
  kit.storage.exists(nameOf(whose, sha256(bytes), part));
const read = async (id: string, whose = organizationId) =>
  buffer((await kit.media.openMedia({ organizationId: whose }, id)).stream);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

test('a file that was stored is opened again with its bytes and what is known of it', async () => {
  const bytes = await png(60, 40);
  const said = { mimetype: 'image/png', filename: 'shop.png' };
  const { id } = await kit.media.store(organizationId, streamOf(bytes), said);
  const { stream, media } = await kit.media.openMedia({ organizationId }, id);
  expect((await buffer(stream)).equals(bytes)).toBe(true);
  expect(media).toMatchObject({ ...said, size: bytes.length, width: 60, height: 40, has_thumbnail: true });
  expect(await isStored(bytes, organizationId, 'thumbnail')).toBe(true);
  const part = await kit.media.openMedia({ organizationId }, id, { range: { start: 1, end: 3 } });
  expect(String(await buffer(part.stream))).toBe('PNG');
});

test('to another organisation the file of one is unknown', async () => {
  const other = await kit.organization();
  const { id } = await kit.media.store(organizationId, streamOf(pdf), {});
  const unknown = { code: 'MEDIA_NOT_FOUND' };
  await expect(kit.media.openMedia({ organizationId: other }, id)).rejects.toMatchObject(unknown);
  await expect(kit.media.take({ organizationId: other }, { mediaId: id })).rejects.toMatchObject(unknown);
  await expect(kit.refer(other, id)).rejects.toMatchObject(unknown);
});

test('the same file is kept once for an organisation, and apart from that of another', async () => {
  const bytes = Buffer.from('the same list for everybody\n');
  const before = await kit.media.totals(organizationId);
  const [first, second] = await Promise.all([
    kit.media.store(organizationId, streamOf(bytes), { filename: 'list.txt' }),
    kit.media.store(organizationId, streamOf(bytes), { filename: 'list.txt' }),
  ]);
  const renamed = await kit.media.store(organizationId, streamOf(bytes), { filename: 'other.txt' });
  expect(second?.id).toBe(first?.id);
  expect([renamed.filename, renamed.id === first?.id]).toEqual(['other.txt', false]);
  const { bytes: total, files } = await kit.media.totals(organizationId);
  expect([total - before.bytes, files - before.files]).toEqual([bytes.length, 1]);
  const other = await kit.organization();
  const foreign = await kit.media.store(other, streamOf(bytes), { filename: 'list.txt' });
  expect(foreign.id).not.toBe(first?.id);
  expect(await kit.media.totals(other)).toEqual({ bytes: bytes.length, files: 1 });
});

test('a quota holds also when many come at once, and never for another organisation', async () => {
  const small = await openMediaKit({ mediaQuotaBytes: 1_250 });
  const [full, other] = [await small.organization(), await small.organization()];
  const come = await Promise.allSettled(
    Array.from({ length: 10 }, (_, at) =>
      small.media.store(full, streamOf(Buffer.alloc(300, at)), { filename: `${at}` }),
    ),
  );
  expect(come.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  const refused = come.find(({ status }) => status === 'rejected');
  expect(refused).toMatchObject({ reason: { code: 'MEDIA_QUOTA_EXCEEDED', status: 409 } });
  expect(await small.media.totals(full)).toEqual({ bytes: 900, files: 3 });
  await small.media.store(other, streamOf(Buffer.alloc(900)), {});
  expect(await readdir(small.files.arriving)).toEqual([]);
  await small.close();
});

test('what strangers send leaves a fifth of the quota for what the organisation sends', async () => {
  const small = await openMediaKit({ mediaQuotaBytes: 1_000 });
  const owner = await small.organization();
  const store = (bytes: number) => small.media.store(owner, streamOf(Buffer.alloc(bytes, bytes)), {});
  await store(800);
  await expect(store(1)).rejects.toMatchObject({ code: 'MEDIA_QUOTA_EXCEEDED' });
  const base64 = Buffer.alloc(200, 'a').toString('base64');
  const upload = { base64, filename: 'menu.txt' };
  expect(await small.media.take({ organizationId: owner }, upload)).toMatchObject({ size: 200 });
  await small.close();
});

test('what nobody has goes after its time, with its bytes, small picture and part of the quota', async () => {
  const house = await openMediaKit();
  const owner = await house.organization();
  const bytes = await png(33, 44);
  const { id } = await house.media.store(owner, streamOf(bytes), {});
  await house.cleanUp();
  expect(await house.rows()).toHaveLength(1);
  house.clock.advance(3_601);
  await house.cleanUp();
  await house.cleanUp();
  expect(await house.rows()).toEqual([]);
  expect(await house.storage.exists(nameOf(owner, sha256(bytes)))).toBe(false);
  expect(await house.storage.exists(nameOf(owner, sha256(bytes), 'thumbnail'))).toBe(false);
  expect(await house.media.totals(owner)).toEqual({ bytes: 0, files: 0 });
  await expect(house.refer(owner, id)).rejects.toMatchObject({ code: 'MEDIA_NOT_FOUND' });
  await house.close();
});

test('what somebody has stays, until the last of them has it no more', async () => {
  const house = await openMediaKit();
  const owner = await house.organization();
  const { id } = await house.media.store(owner, streamOf(text), {});
  const [first, second] = [newId(), newId()];
  await house.refer(owner, id, first);
  await house.refer(owner, id, first);
  await house.refer(owner, id, second);
  const passes = async () => {
    house.clock.advance(3_601);
    await house.cleanUp();
    return (await house.rows()).length;
  };
  expect(await passes()).toBe(1);
  await house.release([first]);
  expect(await passes()).toBe(1);
  await house.release([second, newId()]);
  expect((await house.rows()).length).toBe(1);
  expect(await passes()).toBe(0);
  await house.close();
});

test('bytes that another file has too stay when one of them goes', async () => {
  const house = await openMediaKit();
  const owner = await house.organization();
  await house.media.store(owner, streamOf(text), { filename: 'old.txt' });
  const { id } = await house.media.store(owner, streamOf(text), { filename: 'new.txt' });
  await house.refer(owner, id);
  house.clock.advance(3_601);
  await house.cleanUp();
  expect(await house.rows()).toMatchObject([{ filename: 'new.txt' }]);
  expect(
    (await buffer((await house.media.openMedia({ organizationId: owner }, id)).stream)).equals(text),
  ).toBe(true);
  expect(await house.media.totals(owner)).toEqual({ bytes: text.length, files: 1 });
  await house.close();
});

/** A place that removes nothing before it is let go on. */
async function openSlowToRemove() {
  const removing = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const house = await openMediaKit(
    {},
    {
      storage: (own) => ({
        ...own,
        async remove(name) {
          removing.resolve();
          await goOn.promise;
          await own.remove(name);
        },
      }),
    },
  );
  return { house, removing, goOn };
}

test('a file that comes again while it is being removed is there afterwards', async () => {
  const { house, removing, goOn } = await openSlowToRemove();
  const owner = await house.organization();
  await house.media.store(owner, streamOf(text), {});
  house.clock.advance(3_601);
  const cleaning = house.cleanUp();
  await removing.promise;
  const again = house.media.store(owner, streamOf(text), {});
  goOn.resolve();
  await cleaning;
  const { id } = await again;
  const { stream } = await house.media.openMedia({ organizationId: owner }, id);
  expect((await buffer(stream)).equals(text)).toBe(true);
  expect(await house.media.totals(owner)).toEqual({ bytes: text.length, files: 1 });
  await house.close();
});

test('while a place is slow to remove a file, no other is held up, and no transaction is open', async () => {
  const { house, removing, goOn } = await openSlowToRemove();
  const owner = await house.organization();
  await house.media.store(owner, streamOf(text), {});
  house.clock.advance(3_601);
  const cleaning = house.cleanUp();
  await removing.promise;
  await house.media.store(owner, streamOf(pdf), {});
  expect(await house.openTransactions()).toBe(0);
  await house.cleanUp();
  expect(await house.removals(), 'it is not begun twice').toHaveLength(1);
  goOn.resolve();
  await cleaning;
  expect([await house.removals(), await house.storage.exists(nameOf(owner, sha256(text)))]).toEqual([
    [],
    false,
  ]);
  await house.close();
});

test('a removal that ended with its process is done by another, ten minutes later', async () => {
  const house = await openMediaKit();
  const owner = await house.organization();
  const bytes = nameOf(owner, sha256(text));
  const received = await house.storage.receive(streamOf(text), { bytesMax: text.length });
  await received.keep(bytes);
  await house.unwanted(owner, sha256(text), null);
  await house.removalsBegin();
  await house.cleanUp();
  expect(await house.storage.exists(bytes)).toBe(true);
  house.clock.advance(601);
  await house.cleanUp();
  expect([await house.removals(), await house.storage.exists(bytes)]).toEqual([[], false]);
  await house.close();
});

test('whoever wants bytes that are being removed for long is told to come again', async () => {
  const work = async () => {
    throw new BeingRemoved();
  };
  await expect(whenNotRemoved(work, 10)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test('bytes that could not be removed are removed by the next', async () => {
  let isBroken = true;
  const house = await openMediaKit(
    {},
    {
      storage: (own) => ({
        ...own,
        async remove(name) {
          if (isBroken) throw new Error('the store is away');
          await own.remove(name);
        },
      }),
    },
  );
  const owner = await house.organization();
  await house.media.store(owner, streamOf(text), {});
  house.clock.advance(3_601);
  await house.cleanUp();
  const isThere = () => house.storage.exists(nameOf(owner, sha256(text)));
  expect([await house.rows(), await isThere()]).toEqual([[], true]);
  isBroken = false;
  await house.cleanUp();
  expect(await isThere()).toBe(false);
  await house.close();
});

test('a file whose bytes were never stored is not there, and goes', async () => {
  const house = await openMediaKit(
    {},
    {
      storage: (own) => ({
        ...own,
        receive: async (...given) => ({ ...(await own.receive(...given)), keep: broken }),
      }),
    },
  );
  async function broken() {
    throw new Error('the store is away');
  }
  const owner = await house.organization();
  await expect(house.media.store(owner, streamOf(text), {})).rejects.toThrow('the store is away');
  const [row] = await house.rows();
  expect(row?.state).toBe('arriving');
  await expect(house.media.take({ organizationId: owner }, { mediaId: row?.id })).rejects.toMatchObject({
    code: 'MEDIA_NOT_FOUND',
  });
  expect(await readdir(house.files.arriving)).toEqual([]);
  house.clock.advance(3_601);
  await house.cleanUp();
  expect([await house.rows(), await house.media.totals(owner)]).toEqual([[], { bytes: 0, files: 0 }]);
  await house.close();
});

test('of a stranger every file is taken as what it is, whatever is said of it', async () => {
  const huge = bomb(30_000, 30_000);
  const lying = await kit.media.store(organizationId, streamOf(pdf), {
    mimetype: 'image/jpeg',
    filename: 'a.jpg',
  });
  const flood = await kit.media.store(organizationId, streamOf(huge), { mimetype: 'image/png' });
  expect([lying.mimetype, flood.mimetype, flood.width, flood.has_thumbnail]).toEqual([
    'application/pdf',
    'image/png',
    null,
    false,
  ]);
  const noise = await kit.media.store(organizationId, streamOf(Buffer.from([0, 1, 2, 3, 250])), {
    mimetype: 'video/mp4',
  });
  expect(noise.mimetype).toBe('application/octet-stream');
  expect((await read(flood.id)).equals(huge)).toBe(true);
});

test('without ffmpeg a voice note in Opus goes as it is, and other sound is refused in words', async () => {
  const opus = Buffer.concat([
    Buffer.from('OggS'),
    Buffer.alloc(24),
    Buffer.from('OpusHead'),
    Buffer.alloc(60),
  ]);
  const wav = Buffer.concat([Buffer.from('RIFF\x24\0\0\0WAVEfmt '), Buffer.alloc(100)]);
  const [note, sound] = [
    await kit.media.store(organizationId, streamOf(opus), { mimetype: 'audio/ogg' }),
    await kit.media.store(organizationId, streamOf(wav), { mimetype: 'audio/wav' }),
  ];
  expect([note.mimetype, sound.mimetype]).toEqual([expect.stringMatching(/ogg|opus/), 'audio/wav']);
  expect(await kit.media.fit.voice(note)).toEqual({ row: note });
  const before = await kit.rows();
  await expect(kit.media.fit.voice(sound)).rejects.toMatchObject({
    code: 'MEDIA_CONVERSION_UNAVAILABLE',
    message: expect.stringContaining('ffmpeg'),
  });
  expect(await kit.rows()).toEqual(before);
});

test('a file is taken from base64, from a data URL and by the id of an upload', async () => {
  const bytes = await png(20, 20);
  const take = (source: object, as?: 'image' | 'audio') => kit.media.take({ organizationId }, source, as);
  const bare = await take({ base64: base64(bytes), filename: 'a.png' });
  const asUrl = await take({ base64: `data:image/png;base64,${base64(bytes)}`, filename: 'a.png' }, 'image');
  expect([asUrl.id, asUrl.mimetype]).toEqual([bare.id, 'image/png']);
  expect((await take({ mediaId: bare.id }, 'image')).id).toBe(bare.id);
  await expect(take({ mediaId: bare.id }, 'audio')).rejects.toMatchObject({
    code: 'MEDIA_TYPE_MISMATCH',
    message: 'The content of the file is image/png, which is not an audio.',
  });
});

test.each([
  [{}, 'MEDIA_MISSING'],
  [{ base64: '', url: '' }, 'MEDIA_MISSING'],
  [{ base64: 'aGk=', url: 'https://example.com/a.png' }, 'VALIDATION_ERROR'],
  [{ base64: '====' }, 'MEDIA_BASE64_INVALID'],
  [{ mediaId: 'nonsense' }, 'MEDIA_NOT_FOUND'],
  [{ mediaId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c12' }, 'MEDIA_NOT_FOUND'],
  [{ base64: base64(Buffer.alloc(500_001)) }, 'MEDIA_TOO_LARGE'],
  [{ base64: base64(pdf), mimetype: 'image/jpeg' }, 'MEDIA_TYPE_MISMATCH'],
  [{ base64: base64(bomb(30_000, 30_000)) }, 'MEDIA_PIXELS_EXCEEDED'],
  [{ base64: 'iVBORw0KGgoAAAANSUhEUgAA' }, 'MEDIA_UNREADABLE'],
])('a source that is not right is refused with its own code and leaves nothing: %#', async (source, code) => {
  const before = await kit.rows();
  await expect(kit.media.take({ organizationId }, source)).rejects.toMatchObject({ code });
  expect(await kit.rows()).toEqual(before);
  expect(await readdir(kit.files.arriving)).toEqual([]);
});
