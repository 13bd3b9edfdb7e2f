const address = /\bhttps?:\/\/[^\s<>"\p{Cc}]+/iu;
/** What ends a sentence, not an address. */
const behind = /[.,:;!?'"…。、，；：！？”’»]+$/u;
const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** The first web address in a text as it stands there, without the punctuation behind it; undefined when there is none. */
export function linkIn(text: string): string | undefined {
  let found = address.exec(text)?.[0].slice(0, 2_048);
  for (let before: string | undefined; found !== before; ) {
    before = found;
    found = found && withoutEnd(found);
  }
  return found && URL.canParse(found) && new URL(found).hostname !== '' ? found : undefined;
}

function withoutEnd(link: string): string {
  const plain = link.replace(behind, '');
  const opening = pairs[plain.at(-1) ?? ''];
  // A bracket belongs to the address only with its partner.
  const isAlone =
    opening !== undefined && plain.split(opening).length < plain.split(plain.at(-1) ?? '').length;
  return isAlone ? plain.slice(0, -1) : plain;
}
