import ipaddr from 'ipaddr.js';

const words: Readonly<Record<string, string>> = {
  loopback: 'This machine',
  private: 'Local network',
  uniqueLocal: 'Local network',
  linkLocal: 'Local network',
};

/** The place of an address in words; a public address stays as it is. */
export function placeOf(ipAddress: string | null): string | null {
  if (ipAddress === null || !ipaddr.isValid(ipAddress)) return ipAddress;
  return words[ipaddr.process(ipAddress).range()] ?? ipAddress;
}
