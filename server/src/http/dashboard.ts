import { createReadStream } from 'node:fs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createWebFolder, type WebFile } from './web-folder.ts';

/** The page loads and calls nothing but this server; no script or style stands in it, and none can be made of text. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Addresses of the server, whatever the dashboard has. */
const reserved = /^\/(api|socket\.io|ws|metrics|sandbox\/api)(\/|$)/;
/** Their names change with what is in them. */
const hashed = /^\/assets\//;

/** Where the dashboard lies. */
export interface DashboardPlace {
  folder: string;
  /** It is being made: until it is there, its addresses answer a page that asks again. */
  isBeingBuilt?: (() => boolean) | undefined;
}

/** No style and no script, which this page needs no policy for. */
const waitingPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="1">
<title>MultiWA</title>
<p>The dashboard is being built. This page opens it in a moment.</p>
</html>
`;

/** Answers a request with a file of the dashboard; false when there is none for it, and nothing was answered. */
export type Dashboard = (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>;

/**
 * The dashboard as it was built into `folder`: each address without a dot that is not the server's is the page, which
 * knows what to show there; the others are files. Files that were compressed while it was built are sent as they are.
 * The folder may appear later, and may be built anew.
 */
export function createDashboard(place: DashboardPlace | undefined): Dashboard {
  if (place === undefined) return async () => false;
  const { folder, isBeingBuilt = () => false } = place;
  const files = createWebFolder(folder);
  return async (request, reply) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const path = pathOf(request.url);
    if (path === undefined || reserved.test(path)) return false;
    const isPage = !path.includes('.');
    const file = await files.find(isPage ? '/index.html' : path);
    if (!file && isPage && isBeingBuilt()) {
      wait(reply);
      return true;
    }
    if (!file) return false;
    send(request, reply, { path, file });
    return true;
  };
}

function wait(reply: FastifyReply): void {
  void reply
    .code(503)
    .header('retry-after', '1')
    .header('cache-control', 'no-store')
    .header('content-security-policy', "default-src 'none'")
    .type('text/html; charset=utf-8')
    .send(waitingPage);
}

function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split('?', 1)[0] ?? '');
  } catch {
    return undefined;
  }
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { path, file }: { path: string; file: WebFile },
): void {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const isBrotli = file.brotli !== undefined && /\bbr\b(?!;q=0(?:\.0*)?(?:,|$|\s))/.test(accepted);
  const { location, bytes, tag } = isBrotli && file.brotli ? file.brotli : file.plain;
  void reply
    .header('content-security-policy', pagePolicy)
    .header('cache-control', hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache')
    .header('etag', tag);
  if (file.brotli) void reply.header('vary', 'accept-encoding');
  if (request.headers['if-none-match'] === tag) return void reply.code(304).send();
  if (isBrotli) void reply.header('content-encoding', 'br');
  void reply.code(200).type(file.type).header('content-length', bytes);
  // A stream that is not read would stay open.
  reply.send(request.method === 'HEAD' ? '' : createReadStream(location));
}
