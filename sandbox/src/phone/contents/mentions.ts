/**
 * A text names whom it mentions as `@` and the digits of their JID in that chat, and a person types and reads numbers:
 * the digits that `names` holds become those it gives.
 */
export function mentionsAs(text: string, names: ReadonlyMap<string, string>): string {
  if (names.size === 0) return text;
  return text.replace(/@(\d+)/g, (all, digits: string) => {
    const other = names.get(digits);
    return other === undefined ? all : `@${other}`;
  });
}

/** The digits of a JID. */
export const digitsOf = (jid: string): string => /^\d+/.exec(jid)?.[0] ?? jid;
