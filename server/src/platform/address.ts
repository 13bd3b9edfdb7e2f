import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * The address under which attempts of a caller are counted: for IPv6 the /64, since one person has all of it; for IPv4
 * written as IPv6 the IPv4 address. Any other text stays as it is.
 */
export function countedAddress(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const network = (parsed as ipaddr.IPv6).parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}

/** An IPv4 address with a port behind it, or anything in brackets with or without one. */
const withPort = /^(?:(\d+\.\d+\.\d+\.\d+)|\[([^\]]*)\])(?::\d{1,5})?$/;

/**
 * The address in a text as proxies write them: without quotes, brackets, port and zone, an IPv4 address written as
 * IPv6 as IPv4. Undefined when the text holds no address (`unknown`, `_hidden`, a host name).
 */
export function bareAddress(text: string): string | undefined {
  const unquoted = text.trim().replace(/^"(.*)"$/, '$1');
  const [, ipv4, bracketed] = withPort.exec(unquoted) ?? [];
  const address = (ipv4 ?? bracketed ?? unquoted).replace(/%.*$/, '');
  return isIP(address) === 0 ? undefined : ipaddr.process(address).toString();
}

/** The network around an address, since one caller may have many addresses: 256 of IPv4, a /48 of IPv6. */
export function widerNetwork(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return `${parsed.toString().replace(/\.\d+$/, '')}.0/24`;
  const network = (parsed as ipaddr.IPv6).parts.slice(0, 3).map((part) => part.toString(16));
  return `${network.join(':')}::/48`;
}
