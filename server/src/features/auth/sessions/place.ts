import ipaddr from 'ipaddr.js';

const words: Readonly<Record<string, string>> = {
  loopback: 'This machine',
  private: 'Local network',
  uniqueLocal: 'Local network',
  linkLocal: 'Local network',
};

/** Where a person would say an address is; an address out in the world speaks for itself. */
export function placeOf(ipAddress: string | null): string | null {
  if (ipAddress === null || !ipaddr.isValid(ipAddress)) return ipAddress;
  return words[ipaddr.process(ipAddress).range()] ?? ipAddress;
}
