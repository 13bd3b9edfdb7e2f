/** A person on a card. `phone` is bare digits with country code. */
export interface Card {
  name: string;
  phone: string;
  email?: string | null | undefined;
}

/**
 * A vCard 3.0 (RFC 2426) as phones write them. Whatever is in the name stays in the name: nothing of it becomes a line or
 * a field of its own.
 */
export function vcardOf({ name, phone, email }: Card): string {
  const fields = [
    'VERSION:3.0',
    `N:;${escaped(name)};;;`,
    `FN:${escaped(name)}`,
    `TEL;type=CELL;type=VOICE;waid=${phone}:+${phone}`,
    ...(email ? [`EMAIL:${escaped(email)}`] : []),
  ];
  return ['BEGIN:VCARD', ...fields, 'END:VCARD'].join('\n');
}

const escaped = (text: string) =>
  text
    .replace(/\r\n?|[\n\u0085\u2028\u2029]/g, '\n')
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/\p{Cc}/gu, '');
