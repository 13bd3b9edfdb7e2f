import { readdir } from 'node:fs/promises';
import { request as openRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { newTenant, type Tenant } from '../../../test/tenant.ts';
import { newId } from '../../platform/ids.ts';
import { bomb, pdf, png, text } from './testing.ts';

let house: House;
let tenant: Tenant;
let stranger: Tenant;
beforeAll(async () => {
  house = await openHouse({ MEDIA_BYTES_MAX: '2000000', MEDIA_BASE64_BYTES_MAX: '1500000' });
  [tenant, stranger] = await Promise.all([newTenant(house.api), newTenant(house.api)]);
});
afterAll(() => house?.close());

const at = (path: string) => `${house.gateway.url}/api/v1${path}`;
async function upload(bytes: Uint8Array, name: string, type = '', headers: Record<string, string> = {}) {
  const body = new FormData();
  body.append('file', new Blob([bytes as Uint8Array<ArrayBuffer>], { type }), name);
  return post(body, headers);
}
async function post(body: FormData | string | ReadableStream, headers: Record<string, string> = {}) {
  const response = await fetch(at('/uploads/media'), {
    method: 'POST',
    body,
    headers: { ...tenant.credentials, ...headers },
  });
  return { status: response.status, body: (await response.json()) as any };
}
const arriving = () => readdir(join(house.dataDir, 'media', '.arriving')).catch(() => []);
/** A form by hand, with whatever is between its boundaries. */
const form = (...parts: string[]) => [...parts.map((part) => `--b\r\n${part}\r\n`), '--b--\r\n'].join('');
const asForm = { 'content-type': 'multipart/form-data; boundary=b' };
const filePart = (name: string, content = 'hello', type = 'text/plain') =>
  `Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n${content}`;

describe('an upload', () => {
  test('is answered as shipped clients read it, in every format', async () => {
    const picture = await png(64, 32);
    const { status, body } = await upload(picture, 'shop.png', 'image/png');
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      data: {
        id: expect.any(String),
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/media\/.+\/shop\.png$/),
        thumbnailUrl: expect.stringContaining('/thumbnail/'),
        key: body.data.id,
        size: picture.length,
        filename: 'shop.png',
        mimeType: 'image/png',
        type: 'IMAGE',
        width: 64,
        height: 32,
        durationMs: null,
        createdAt: expect.any(String),
      },
      meta: { timestamp: expect.any(String) },
    });
    const raw = await upload(picture, 'shop.png', 'image/png', { 'x-response-format': 'raw' });
    expect(raw.body).toMatchObject({ success: true, data: { id: body.data.id } });
  });

  test('gets its type from its content; one that lies is refused and told what it is', async () => {
    expect((await upload(await png(), 'a.jpg', 'image/jpeg')).body.data.mimeType).toBe('image/png');
    expect((await upload(pdf, 'menu.pdf', '')).body.data).toMatchObject({
      type: 'DOCUMENT',
      mimeType: 'application/pdf',
    });
    const lie = await upload(pdf, 'cat.jpg', 'image/jpeg');
    expect([lie.status, lie.body.error.code, lie.body.message]).toEqual([
      415,
      'MEDIA_TYPE_MISMATCH',
      'The file is said to be image/jpeg, but its content is application/pdf.',
    ]);
  });

  test('of a drawing that could run a script is a document, and never shown by a browser', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    const { body } = await upload(svg, 'x.svg', 'image/svg+xml');
    expect(body.data).toMatchObject({ type: 'DOCUMENT', thumbnailUrl: null });
    const served = await fetch(body.data.url);
    expect(served.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(served.headers.get('content-security-policy')).toContain('sandbox');
  });

  test.each([
    ['../../../etc/passwd', 'passwd'],
    ['C:\\Windows\\win.ini', 'win.ini'],
    ['gnp.exe\u202E.txt', 'gnp.exe.txt'],
    ['نص 漢字 👩‍👩‍👧.txt', 'نص 漢字 👩‍👩‍👧.txt'],
    ['<img src=x onerror=alert(1)>.txt', 'img src=x onerror=alert(1).txt'],
    ['CON', '_CON'],
    ['...', ''],
  ])('named %j is stored under a harmless name', async (given, stored) => {
    const { body } = await post(JSON.stringify({ base64: 'aGVsbG8=', filename: given }), {
      'content-type': 'application/json',
    });
    expect(body.data.filename).toBe(stored);
    expect((await fetch(body.data.url)).status).toBe(200);
  });

  test('that is too large is refused, whether or not it says so, and leaves nothing', async () => {
    const large = Buffer.alloc(2_000_001);
    const { status, body } = await upload(large, 'big.bin');
    expect([status, body.error.code]).toEqual([413, 'MEDIA_TOO_LARGE']);
    expect(await arriving()).toEqual([]);
  });

  test('that never ends is refused at the limit, and its connection closed', async () => {
    const answered = await new Promise<{ status: number; sent: number }>((resolve, reject) => {
      let sent = 0;
      const request = openRequest(at('/uploads/media'), {
        method: 'POST',
        headers: { ...tenant.credentials, ...asForm },
      });
      request.write(`--b\r\n${filePart('endless.bin', '', 'application/octet-stream')}`);
      const more = () => {
        while (!request.destroyed && request.write(Buffer.alloc(65_536))) sent += 65_536;
      };
      request.on('drain', more);
      request.on('response', (response) => {
        resolve({ status: response.statusCode ?? 0, sent });
        expect(response.headers.connection).toBe('close');
        request.destroy();
      });
      request.on('error', reject);
      more();
    });
    expect(answered.status).toBe(413);
    expect(answered.sent).toBeLessThan(20_000_000);
    expect(await arriving()).toEqual([]);
  });

  test('of a picture that would fill the memory is refused by its size', async () => {
    const { status, body } = await upload(bomb(30_000, 30_000), 'flood.png', 'image/png');
    expect([status, body.error.code, body.message]).toEqual([
      422,
      'MEDIA_PIXELS_EXCEEDED',
      'The picture has too many pixels: 30000 x 30000.',
    ]);
  });

  test.each([
    ['no file', form('Content-Disposition: form-data; name="file"\r\n\r\nhello'), 400, 'MEDIA_MISSING'],
    ['an empty form', '--b--\r\n', 400, 'MEDIA_MISSING'],
    ['an empty file', form(filePart('a.txt', '')), 400, 'MEDIA_MISSING'],
    ['two files', form(filePart('a.txt'), filePart('b.txt')), 400, 'VALIDATION_ERROR'],
    ['no end', `--b\r\n${filePart('a.txt')}`, 400, 'VALIDATION_ERROR'],
    ['no boundary in it', 'hello', 400, 'VALIDATION_ERROR'],
    [
      'ten thousand fields',
      form(...Array(10_000).fill('Content-Disposition: form-data; name="__proto__"\r\n\r\nx'), filePart('a')),
      400,
      'VALIDATION_ERROR',
    ],
  ])('with %s is refused and leaves nothing', async (_, body, status, code) => {
    const answer = await post(body, asForm);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(await arriving()).toEqual([]);
  });

  test('without a boundary or of another type is refused', async () => {
    expect((await post('x', { 'content-type': 'multipart/form-data' })).status).toBe(400);
    expect((await post('x', { 'content-type': 'application/zip' })).status).toBe(415);
  });

  test('may be JSON with base64 of more than a usual body, and no more than its limit', async () => {
    const json = (bytes: Buffer) =>
      post(JSON.stringify({ base64: bytes.toString('base64'), filename: 'a.bin' }), {
        'content-type': 'application/json',
      });
    expect((await json(Buffer.alloc(1_400_000, 1))).body.data.size).toBe(1_400_000);
    const { status, body } = await json(Buffer.alloc(1_500_001));
    expect([status, body.error.code]).toEqual([413, 'MEDIA_TOO_LARGE']);
    expect((await json(Buffer.alloc(3_500_000))).body.error.code).toBe('BODY_TOO_LARGE');
  });

  test('needs the permission to send', async () => {
    const none = await fetch(at('/uploads/media'), {
      method: 'POST',
      body: form(filePart('a')),
      headers: asForm,
    });
    expect(none.status).toBe(401);
    const { key } = await tenant.owner.post('/api-keys', { name: 'reader', permissions: ['message:read'] });
    expect((await upload(text, 'a.txt', '', { 'x-api-key': key })).status).toBe(403);
  });

  test('can be named by the url it was answered with, though our own address may not be asked', async () => {
    const { body } = await upload(text, 'list.txt', 'text/plain');
    const again = await tenant.key.call('POST', '/uploads/media', { url: body.data.url });
    expect([again.status, again.data.id]).toEqual([201, body.data.id]);
    const foreign = await stranger.key.call('POST', '/uploads/media', { url: body.data.url });
    expect([foreign.status, foreign.data.error.code]).toEqual([404, 'MEDIA_NOT_FOUND']);
    const forged = await tenant.key.call('POST', '/uploads/media', {
      url: body.data.url.replace(/\/file\/.*/, '/file/x'),
    });
    expect([forged.status, forged.data.error.code]).toEqual([422, 'TARGET_NOT_ALLOWED']);
  });
});

describe('a link', () => {
  let url: string;
  let id: string;
  beforeAll(async () => {
    const { body } = await upload(pdf, 'Menü "neu".pdf', 'application/pdf');
    ({ url, id } = body.data);
  });

  test('needs no login, and serves the file so that it can do nothing', async () => {
    const response = await fetch(url);
    expect(Buffer.from(await response.arrayBuffer()).equals(pdf)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(pdf.length),
      'content-disposition': `inline; filename="Men_ neu.pdf"; filename*=UTF-8''Men%C3%BC%20neu.pdf`,
      'content-security-policy': expect.stringMatching(/default-src 'none'.*sandbox/),
      'x-content-type-options': 'nosniff',
      'cache-control': expect.stringMatching(/^private, max-age=\d+, immutable$/),
      'accept-ranges': 'bytes',
    });
  });

  test('serves ranges, conditions and heads as players and browsers ask for them', async () => {
    const ask = async (headers: Record<string, string>, method = 'GET') => {
      const response = await fetch(url, { headers, method });
      return [response.status, response.headers.get('content-range'), await response.text()];
    };
    const whole = String(pdf);
    const { length } = pdf;
    expect(await ask({ range: 'bytes=0-3' })).toEqual([206, `bytes 0-3/${length}`, '%PDF']);
    expect(await ask({ range: 'bytes=-6' })).toEqual([
      206,
      `bytes ${length - 6}-${length - 1}/${length}`,
      '%%EOF\n',
    ]);
    expect(await ask({ range: `bytes=5-${length * 9}` })).toEqual([
      206,
      `bytes 5-${length - 1}/${length}`,
      whole.slice(5),
    ]);
    expect(await ask({ range: 'bytes=0-1,3-4' })).toEqual([200, null, whole]);
    expect(await ask({ range: 'bytes=9-1' })).toEqual([200, null, whole]);
    const [status, range] = await ask({ range: `bytes=${length}-` });
    expect([status, range]).toEqual([416, `bytes */${length}`]);
    expect(await ask({}, 'HEAD')).toEqual([200, null, '']);
    const etag = (await fetch(url)).headers.get('etag') ?? '';
    expect(await ask({ 'if-none-match': etag })).toEqual([304, null, '']);
    expect(await ask({ range: 'bytes=0-3', 'if-range': etag })).toEqual([206, `bytes 0-3/${length}`, '%PDF']);
    expect(await ask({ range: 'bytes=0-3', 'if-range': '"other"' })).toEqual([200, null, whole]);
  });

  test('that was changed leads nowhere, and one for the file shows no other', async () => {
    const { body } = await upload(text, 'other.txt', 'text/plain');
    const refused = async (address: string) => (await fetch(address)).status;
    expect(await refused(url.replace(id, body.data.id))).toBe(404);
    expect(await refused(url.replace('/file/', '/thumbnail/'))).toBe(404);
    expect(await refused(url.replace('/file/', '/other/'))).toBe(400);
    expect(await refused(url.replace(/\/file\/(.)/, '/file/z'))).toBe(404);
    expect(await refused(url.replace(id, 'nonsense'))).toBe(404);
  });

  test('to a small picture serves WebP', async () => {
    const { body } = await upload(await png(900, 300), 'wide.png', 'image/png');
    const response = await fetch(body.data.thumbnailUrl);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect([response.headers.get('content-type'), bytes.toString('latin1', 8, 12)]).toEqual([
      'image/webp',
      'WEBP',
    ]);
  });

  test('expires, and whoever may read messages gets a new one', async () => {
    const { body } = await upload(text, 'soon.txt', 'text/plain');
    const same = await tenant.owner.get(`/media/${body.data.id}`);
    expect(same.url).toBe(body.data.url);
    const foreign = await stranger.owner.call('GET', `/media/${body.data.id}`);
    expect([foreign.status, foreign.data.error.code]).toEqual([404, 'MEDIA_NOT_FOUND']);
    house.clock.advance({ hours: 31 });
    const expired = await fetch(body.data.url);
    expect([expired.status, ((await expired.json()) as any).error.code]).toEqual([410, 'MEDIA_LINK_EXPIRED']);
    const renewed = await tenant.owner.get(`/media/${body.data.id}`);
    expect((await fetch(renewed.url)).status).toBe(200);
  });
});

test('a key for one profile sees what that has and what nobody has yet, and no more', async () => {
  const profile = async () =>
    (await tenant.key.post('/profiles', { name: 'P', engine: 'sandbox' })).id as string;
  const [own, other] = [await profile(), await profile()];
  const mine = await tenant.owner.post('/api-keys', {
    name: 'own',
    profileIds: [own],
    permissions: ['message:read'],
  });
  const api = house.api.as({ 'x-api-key': mine.key });
  const { db } = house.database.database;
  const had = async (content: string, profileId?: string) => {
    const { id } = (await upload(Buffer.from(content), 'x.txt')).body.data;
    const reference = {
      media_id: id,
      kind: 'message',
      referrer_id: newId(),
      organization_id: tenant.organizationId,
    };
    const row = { ...reference, profile_id: profileId ?? null, created_at: new Date() };
    if (profileId) await db.insertInto('media_references').values(row).execute();
    return (await api.call('GET', `/media/${id}`)).status;
  };
  expect([await had('own', own), await had('other', other), await had('fresh')]).toEqual([200, 404, 200]);
});
