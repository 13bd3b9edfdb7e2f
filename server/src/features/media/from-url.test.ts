import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MediaKit, openMediaKit, pdf, png } from './testing.ts';

let kit: MediaKit;
let organizationId: string;
let picture: Buffer;
beforeAll(async () => {
  kit = await openMediaKit({}, { download: { totalMs: 1_500, silentMs: 400 } });
  organizationId = await kit.organization();
  picture = await png(50, 50);
});
afterAll(() => kit?.close());

const take = (url: string, more: object = {}) => kit.media.take({ organizationId }, { url, ...more });

test('a file is fetched with the type of its content and the name it is served by', async () => {
  const url = await kit.serve((request, response) => {
    if (request.url === '/named') {
      response.setHeader('content-disposition', `attachment; filename*=UTF-8''men%C3%BC.png`);
    }
    response.setHeader('content-type', 'image/jpeg').end(picture);
  });
  expect(await take(`${url}/photos/shop%20front.png?size=large`)).toMatchObject({
    filename: 'shop front.png',
    mimetype: 'image/png',
    size: picture.length,
    width: 50,
  });
  expect(await take(`${url}/named`)).toMatchObject({ filename: 'menü.png' });
  expect(await take(`${url}/x`, { filename: 'mine.png' })).toMatchObject({ filename: 'mine.png' });
});

test('a page where a picture should be is refused, and says what it is', async () => {
  const url = await kit.serve((_, response) =>
    response.setHeader('content-type', 'image/png').end('<!doctype html><p>Please sign in</p>'),
  );
  await expect(take(`${url}/a.png`)).rejects.toMatchObject({ code: 'MEDIA_TYPE_MISMATCH' });
  await expect(take(`${url}/a.png`, { mimetype: 'application/pdf' })).rejects.toMatchObject({
    message: 'The file is said to be application/pdf, but its content is text/plain.',
  });
});

test('redirects are followed, and each address is judged like the first', async () => {
  let asked = 0;
  const inner = await kit.serve((_, response) => {
    asked += 1;
    response.end(pdf);
  });
  const port = new URL(inner).port;
  const targets: Record<string, string> = {
    '/good': `${inner}/menu.pdf`,
    '/relative': '/good',
    '/private': 'http://10.0.0.7/menu.pdf',
    '/named-private': 'http://inner.example/menu.pdf',
    '/metadata': 'http://169.254.169.254/latest/meta-data/',
    '/other-loopback': `http://127.0.0.2:${port}/menu.pdf`,
    '/file': 'file:///etc/passwd',
    '/around': '/around',
  };
  const outer = await kit.serve((request, response) =>
    response.writeHead(302, { location: targets[request.url ?? ''] ?? '/' }).end(),
  );
  expect(await take(`${outer}/relative`)).toMatchObject({ filename: 'menu.pdf' });
  expect(asked).toBe(1);
  for (const path of ['/private', '/named-private', '/metadata', '/other-loopback']) {
    await expect(take(outer + path)).rejects.toMatchObject({ code: 'TARGET_NOT_ALLOWED' });
  }
  await expect(take(`${outer}/file`)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  await expect(take(`${outer}/around`)).rejects.toMatchObject({
    code: 'MEDIA_URL_FAILED',
    message: 'The file could not be fetched: The address redirects too often.',
  });
  expect(asked).toBe(1);
});

test.each([
  'http://10.0.0.7/a.png',
  'http://127.0.0.2/a.png',
  'http://[::1]/a.png',
  'http://0x7f000002/a.png',
  'http://inner.example/a.png',
  'http://169.254.169.254/',
])('the private address %s is not reached', async (url) => {
  await expect(take(url)).rejects.toMatchObject({ code: 'TARGET_NOT_ALLOWED' });
});

test('an endless file is ended at the limit, whatever length it says it has', async () => {
  let sent = 0;
  const url = await kit.serve((request, response) => {
    if (request.url === '/honest') return response.setHeader('content-length', 5_000_000).end();
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384))) sent += 16_384;
    };
    response.on('drain', more);
    more();
  });
  const tooLarge = { code: 'MEDIA_TOO_LARGE', message: 'The file is larger than 0.95 MB.' };
  await expect(take(`${url}/endless`)).rejects.toMatchObject(tooLarge);
  expect(sent).toBeLessThan(20_000_000);
  await expect(take(`${url}/honest`)).rejects.toMatchObject(tooLarge);
  expect(await readdir(kit.files.arriving)).toEqual([]);
});

test('silence, trickles and broken lines end with a sentence, and leave nothing', async () => {
  const url = await kit.serve((request, response) => {
    if (request.url === '/silent') return;
    response.writeHead(200, { 'content-length': 100_000 });
    response.write('x');
    if (request.url === '/broken') return void setTimeout(() => response.destroy(), 20);
    if (request.url !== '/trickle') return;
    const timer = setInterval(() => response.write('x'), 50);
    response.on('close', () => clearInterval(timer));
  });
  const before = await kit.rows();
  const failed = (path: string) => take(url + path).catch((error) => [error.code, error.message]);
  const told = 'The file could not be fetched: ';
  expect(await failed('/silent')).toEqual(['MEDIA_URL_FAILED', `${told}No answer came in time.`]);
  expect(await failed('/stuck')).toEqual(['MEDIA_URL_FAILED', `${told}The answer stopped coming.`]);
  expect(await failed('/broken')).toEqual([
    'MEDIA_URL_FAILED',
    `${told}The connection broke off before an answer came.`,
  ]);
  expect(await failed('/trickle')).toEqual(['MEDIA_URL_FAILED', `${told}No answer came within 1.5 s.`]);
  expect([await kit.rows(), await readdir(kit.files.arriving)]).toEqual([before, []]);
});

test('what the address answers instead of the file is said', async () => {
  const url = await kit.serve((_, response) => response.writeHead(404).end('gone'));
  await expect(take(url)).rejects.toMatchObject({
    code: 'MEDIA_URL_FAILED',
    status: 422,
    message: 'The file could not be fetched: The address answered 404.',
  });
  await expect(take('http://nowhere.example/a')).rejects.toMatchObject({
    message: 'The file could not be fetched: The host name could not be resolved.',
  });
});
