import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import { Failure } from '../failures.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

/** Cloud metadata services give out credentials: no setting opens them. */
const neverOpen = ['169.254.169.254', 'fd00:ec2::254'];
const publicIpv6 = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/** Which addresses may be connected to. */
export interface Targets {
  /** Whether this port of this address may be reached: it is public, or private and allowed. */
  mayReach(address: string, port: number): boolean;
}

/**
 * `allow` lists private networks in CIDR notation. `closedPorts` are those of this server, its sandbox and
 * its database: they stay closed on every private address and on this machine's own, whatever `allow` says.
 */
export function createTargets(allow: readonly string[], closedPorts: () => readonly number[]): Targets {
  const networks = allow.map(parseNetwork);
  const isOurs = (address: Address) =>
    Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .some((local) => plain(ipaddr.parse(local.address)).toString() === address.toString());
  return {
    mayReach(text, port) {
      if (!ipaddr.isValid(text)) return false;
      const address = plain(ipaddr.parse(text));
      if (neverOpen.some((closed) => ipaddr.parse(closed).toString() === address.toString())) return false;
      if (closedPorts().includes(port)) return isPublic(address) && !isOurs(address);
      return isPublic(address) || networks.some((network) => contains(network, address));
    },
  };
}

/**
 * Reads the URL of a client.
 * @throws Failure VALIDATION_ERROR unless it is http or https without a user name or password.
 */
export function readUrl(text: string, path = '/url'): URL {
  const refuse = (problem: string) =>
    new Failure('VALIDATION_ERROR', { says: `The URL ${problem}.`, details: [{ path, problem }] });
  if (!URL.canParse(text)) throw refuse('must be complete, as in https://example.com/path');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refuse('must begin with http:// or https://');
  if (url.username || url.password) throw refuse('must not hold a user name or a password');
  return url;
}

/** Whether a text is the address of a server as settings keep it: http or https, with no login, query or anchor. */
export function isServerAddress(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    !url.username &&
    !url.password &&
    !url.search &&
    !url.hash
  );
}

/** The host as a literal address without brackets, or undefined when it is a name. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(host) ? host : undefined;
}

/** Names that mean this machine whatever a name server says (RFC 6761). */
export function isLocalhost(url: URL): boolean {
  return /(^|\.)localhost\.?$/.test(url.hostname);
}

export function portOf(url: URL): number {
  return url.port ? Number(url.port) : url.protocol === 'https:' ? 443 : 80;
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 || address.match(publicIpv6);
}

/** IPv4 written as IPv6 becomes the IPv4 address. */
function plain(address: Address): Address {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function contains([network, bits]: Network, address: Address): boolean {
  if (network.kind() !== address.kind()) return false;
  return (address as ipaddr.IPv6).match(network as ipaddr.IPv6, bits);
}

function parseNetwork(text: string): Network {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv6' ? 128 : 32];
}
