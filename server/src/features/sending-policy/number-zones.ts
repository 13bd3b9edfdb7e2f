import { numberZones } from './number-zones.data.ts';

const prefixMax = 12;
let table: Map<string, readonly string[]> | undefined;

/** By prefix; read when the first number is asked for. */
function zonesByPrefix(): Map<string, readonly string[]> {
  table ??= new Map(
    numberZones
      .trim()
      .split('\n')
      .flatMap((line) => {
        const [zones = '', prefixes = ''] = line.split('=');
        const named = zones.split(' ');
        return prefixes.split(' ').map((prefix) => [prefix, named] as const);
      }),
  );
  return table;
}

/** The time zones in which a phone number (bare digits with country code) may be, by its longest known prefix. */
export function zonesOfNumber(phone: string): readonly string[] {
  const zones = zonesByPrefix();
  for (let length = Math.min(prefixMax, phone.length); length > 0; length--) {
    const found = zones.get(phone.slice(0, length));
    if (found) return found;
  }
  return [];
}
