import ipaddr from 'ipaddr.js';

/**
 * The address to count a caller by: one person has a whole /64 of IPv6, so that is one; an IPv4 address written as
 * IPv6 is the IPv4 address. Any other text is itself.
 */
export function countedAddress(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const network = (parsed as ipaddr.IPv6).parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}
