/** For most file systems; longer names lose their middle. */
const bytesMax = 200;
const endingMax = 20;
/** Controls, marks that turn the direction of text, and what a file system or a header takes for something else. */
const harmful = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff<>:"|?*]/gu;
/** Names that mean a device to Windows. */
const device = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** A name that is safe in folders, headers and windows; empty when nothing is left of it. */
export function harmlessName(given: string | null | undefined): string {
  const last = (given ?? '').slice(0, 10_000).split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(harmful, '')
    .replace(/^[\s.]+|[\s.]+$/g, '')
    .replace(device, '_$1');
  return shortened(plain);
}

/** `Content-Disposition` with the name in both ways of writing it (RFC 6266). */
export function disposition(how: 'inline' | 'attachment', name: string): string {
  if (name === '') return how;
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const exact = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `${how}; filename="${plain}"; filename*=UTF-8''${exact}`;
}

function shortened(name: string): string {
  if (Buffer.byteLength(name) <= bytesMax) return name;
  const ending = /\.[^.]{1,20}$/u.exec(name)?.[0] ?? '';
  const kept = Buffer.byteLength(ending) <= 4 * endingMax ? ending : '';
  let left = bytesMax - Buffer.byteLength(kept);
  let beginning = '';
  for (const letter of name) {
    left -= Buffer.byteLength(letter);
    if (left < 0) break;
    beginning += letter;
  }
  return beginning + kept;
}
