import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { IncomingHttpHeaders } from 'node:http';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import { Failure } from '../failures.ts';
import { type GuardedAgents, guardedAgents } from './agents.ts';
import { OutboundFailed, reasonOf } from './outbound-failed.ts';
import { createTargets, isLocalhost, literalAddress, portOf, readUrl } from './targets.ts';

export type Resolve = (
  hostname: string,
  answer: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface OutboundRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  headers?: Record<string, string>;
  /** A stream is sent as it comes; whoever gave it ends it when the request fails. */
  body?: string | Uint8Array | Readable;
  /** For look-up, connection, request and answer together. */
  timeoutMs: number;
  /** The answer's body is read up to this size; 64 kB by default. */
  bytesMax?: number;
}
export interface OutboundAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** False when the body was longer than `bytesMax` or broke off. */
  complete: boolean;
}

/** A file behind a URL, as it comes. */
export interface Download {
  status: number;
  headers: IncomingHttpHeaders;
  /** Where the redirects led. */
  url: URL;
  /** Ends with OutboundFailed when it breaks off, falls silent or takes too long. Whoever does not read it ends it. */
  body: Readable;
}
export interface DownloadLimits {
  /** For everything together, redirects too. */
  totalMs: number;
  /** How long nothing may come. */
  silentMs: number;
}

/** All requests to URLs of users go through here, and never to a private target that the settings do not allow. */
export interface Outbound {
  /**
   * Checks a URL before it is stored. A name that can't be resolved now passes: every request checks it again.
   * @throws Failure VALIDATION_ERROR or TARGET_NOT_ALLOWED, never naming the address behind a name.
   */
  check(url: string): Promise<void>;
  /**
   * One request; redirects are answers and are not followed. Once the head has arrived there is an answer, even if the
   * body then breaks off.
   * @throws Failure VALIDATION_ERROR or TARGET_NOT_ALLOWED; OutboundFailed when there was no answer.
   */
  request(url: string, request: OutboundRequest): Promise<OutboundAnswer>;
  /**
   * Begins to fetch a file. Redirects are followed, five at most, and each address is checked as the first is.
   * @throws Failure VALIDATION_ERROR or TARGET_NOT_ALLOWED; OutboundFailed when there was no answer.
   */
  download(url: string, limits: DownloadLimits): Promise<Download>;
  /**
   * The address of a host that is not spoken to over HTTP; whoever connects to it connects to a checked one.
   * @throws Failure TARGET_NOT_ALLOWED; OutboundFailed when the name has no address.
   */
  addressOf(host: string, port: number): Promise<string>;
  /** For a library with an HTTP client of its own. A target that is not allowed fails with Failure TARGET_NOT_ALLOWED. */
  agents(): GuardedAgents;
  close(): Promise<void>;
}

const redirectsMax = 5;
const redirects = [301, 302, 303, 307, 308];
const bytesMaxDefault = 65_536;
const checkMsMax = 2_000;
const addressMsMax = 5_000;
const resolveSystem: Resolve = (hostname, answer) => systemLookup(hostname, { all: true }, answer);

/** `resolve` is the system's, except in tests that answer names themselves. */
export function createOutbound(options: {
  allow: readonly string[];
  /** Where a URL of our own making leads on this machine; undefined for all others. */
  inside?: (url: URL) => URL | undefined;
  closedPorts: () => readonly number[];
  resolve?: Resolve;
}): Outbound {
  const { resolve = resolveSystem, inside = () => undefined } = options;
  const targets = createTargets(options.allow, options.closedPorts);
  const lookupFor = guardedLookup(resolve, targets.mayReach);
  let agents: GuardedAgents | undefined;
  /** For what lies inside, whose address is ours and needs no check. */
  const insideAgent = new Agent({ connections: 8, keepAliveTimeout: 4_000 });
  const agent = new Agent({
    connect: guardedConnect(lookupFor),
    connections: 8,
    keepAliveTimeout: 4_000,
    allowH2: false,
  });

  function checkedUrl(text: string): URL {
    const url = readUrl(text);
    const literal = isLocalhost(url) ? ['127.0.0.1', '::1'] : [literalAddress(url)];
    const port = portOf(url);
    if (literal.every((address) => address !== undefined && !targets.mayReach(address, port))) {
      throw new Failure('TARGET_NOT_ALLOWED');
    }
    return url;
  }

  return {
    async check(text) {
      const url = checkedUrl(text);
      if (inside(url)) return;
      if (literalAddress(url) !== undefined) return;
      const addresses = await resolveWithin(resolve, url.hostname, checkMsMax);
      if (!addresses.every(({ address }) => targets.mayReach(address, portOf(url)))) {
        throw new Failure('TARGET_NOT_ALLOWED');
      }
    },
    async request(text, { method = 'GET', headers = {}, body, timeoutMs, bytesMax = bytesMaxDefault }) {
      const url = checkedUrl(text);
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const within = inside(url);
        const answer = await request(within ?? url, {
          dispatcher: within ? insideAgent : agent,
          method,
          headers,
          body: body ?? null,
          signal,
        });
        const content = await readUpTo(answer.body, bytesMax);
        return { status: answer.statusCode, headers: answer.headers, ...content };
      } catch (error) {
        throw failureOf(error, timeoutMs);
      }
    },
    async download(text, { totalMs, silentMs }) {
      const signal = AbortSignal.timeout(totalMs);
      try {
        let url = checkedUrl(text);
        for (let hops = 0; ; hops++) {
          const answer = await request(url, {
            dispatcher: agent,
            headers: { accept: '*/*', 'user-agent': 'MultiWA' },
            headersTimeout: silentMs,
            bodyTimeout: silentMs,
            // Each buffer on the way holds a copy; garbage of a large file is memory until it is collected.
            highWaterMark: 16_384,
            signal,
          });
          const { statusCode: status, headers, body } = answer;
          // Whoever ends it early hears of it in their own way.
          body.on('error', () => undefined);
          const next = redirects.includes(status) ? headers.location : undefined;
          if (typeof next !== 'string') {
            return { status, headers, url, body: toldFailures(body, totalMs) };
          }
          body.destroy();
          if (hops === redirectsMax) throw new OutboundFailed('The address redirects too often.');
          url = checkedUrl(URL.parse(next, url.href)?.href ?? next);
        }
      } catch (error) {
        throw failureOf(error, totalMs);
      }
    },
    async addressOf(host, port) {
      const literal = ipaddr.isValid(host) ? host : undefined;
      const addresses = literal
        ? [{ address: literal, family: 4 }]
        : await resolveWithin(resolve, host, addressMsMax);
      if (!addresses.every(({ address }) => targets.mayReach(address, port))) {
        throw new Failure('TARGET_NOT_ALLOWED');
      }
      const [first] = addresses.toSorted((a, b) => a.family - b.family);
      if (!first) throw new OutboundFailed('The host name could not be resolved.');
      return first.address;
    },
    agents() {
      agents ??= guardedAgents(targets.mayReach, lookupFor);
      return agents;
    },
    close() {
      agents?.http.destroy();
      agents?.https.destroy();
      return Promise.all([agent.destroy(), insideAgent.destroy()]).then(() => undefined);
    },
  };
}

/** Looks names up and answers checked addresses only. */
function guardedLookup(resolve: Resolve, mayReach: (address: string, port: number) => boolean) {
  return (port: number): LookupFunction =>
    (hostname, lookupOptions, callback) =>
      resolve(hostname, (error, addresses) => {
        const [first] = addresses ?? [];
        if (error || !first) return callback(error ?? new Error('no address'), '');
        if (!addresses.every(({ address }) => mayReach(address, port))) {
          return callback(new Failure('TARGET_NOT_ALLOWED'), '');
        }
        if (lookupOptions.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      });
}

/** Connects only to checked addresses: the look-up that checks them is the one the socket connects by. */
function guardedConnect(lookupFor: (port: number) => LookupFunction): buildConnector.connector {
  const connectors = new Map<number, buildConnector.connector>();
  return (connection, callback) => {
    const port = Number(connection.port) || (connection.protocol === 'https:' ? 443 : 80);
    let connector = connectors.get(port);
    if (!connector) {
      connector = buildConnector({ lookup: lookupFor(port), allowH2: false });
      connectors.set(port, connector);
    }
    connector(connection, callback);
  };
}

async function readUpTo(
  body: Dispatcher.ResponseData['body'],
  bytesMax: number,
): Promise<{ body: Buffer; complete: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let complete = true;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > bytesMax) {
        complete = false;
        break;
      }
    }
  } catch {
    complete = false;
  }
  return { body: Buffer.concat(chunks).subarray(0, bytesMax), complete };
}

/** Addresses of a name; none when it has none or the answer takes too long. */
async function resolveWithin(resolve: Resolve, hostname: string, ms: number): Promise<LookupAddress[]> {
  return new Promise((done) => {
    const timer = setTimeout(() => done([]), ms);
    resolve(hostname, (error, addresses) => {
      clearTimeout(timer);
      done(error ? [] : addresses);
    });
  });
}

/** The body, with a sentence for people where it ends badly. */
function toldFailures(body: Readable, totalMs: number): Readable {
  async function* told() {
    try {
      for await (const chunk of body as AsyncIterable<Uint8Array>) yield chunk;
    } catch (error) {
      throw failureOf(error, totalMs);
    }
  }
  // Closed also where nobody has begun to read. One piece at a time: whoever reads has a buffer of their own.
  return Readable.from(told(), { objectMode: false, highWaterMark: 1 }).on('close', () => body.destroy());
}

function failureOf(error: unknown, timeoutMs: number): Error {
  if (error instanceof OutboundFailed) return error;
  const cause = causeOf(error);
  if (cause instanceof Failure) return cause;
  return new OutboundFailed(reasonOf(error, timeoutMs), { cause: error });
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Failure ? error.cause : error;
}
