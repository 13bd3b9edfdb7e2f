/**
 * Numbers that one person has in two forms: a digit that only some dial, and under which only some accounts are
 * registered. Each row turns the longer form into the shorter one, and back.
 */
const rows: readonly { long: RegExp; short: RegExp; shortOf: string; longOf: string }[] = [
  // Brazil put a 9 before its mobile numbers.
  { long: /^55(\d\d)9([6-9]\d{7})$/, short: /^55(\d\d)([6-9]\d{7})$/, shortOf: '55$1$2', longOf: '55$19$2' },
  // Mexico dialled a 1 before them until 2019.
  { long: /^521(\d{10})$/, short: /^52([2-9]\d{9})$/, shortOf: '52$1', longOf: '521$1' },
  // Argentina dials a 9 before them, from abroad only.
  { long: /^549([1-3]\d{9})$/, short: /^54([1-3]\d{9})$/, shortOf: '54$1', longOf: '549$1' },
  // Benin put 01 before all of its numbers.
  { long: /^22901(\d{8})$/, short: /^229(\d{8})$/, shortOf: '229$1', longOf: '22901$1' },
];

/** Every form in which the person with this number (bare digits with country code) may be known, this one first. */
export function formsOf(phone: string): string[] {
  for (const { long, short, shortOf, longOf } of rows) {
    if (long.test(phone)) return [phone, phone.replace(long, shortOf)];
    if (short.test(phone)) return [phone, phone.replace(short, longOf)];
  }
  return [phone];
}
