/**
 * What has no place in a text that people read: control characters, marks that turn the direction of writing or are not
 * shown at all, and the tag characters and rows of variation selectors that can carry hidden words.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const controls = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;
const unseen =
  /[\xad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}]|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{2,}/gu;
/** Joiners count where letters or pictures stand on both sides: scripts of India and Persia, and composed emoji. */
const looseJoiner =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d]+|[\u200c\u200d]+(?![\p{L}\p{Extended_Pictographic}])/gu;
const lineEnd = /\r\n?|\u2028|\u2029|\x85/g;
/** Each from the begin of its row of dashes, so that a long row is read once. */
const halfComment = /<!--+|(?<!-)--+>/g;

/**
 * A text without what a reader would not see: line ends are `\n`, comments of HTML are gone, letters stay as they are.
 * Cleaning once more changes nothing. Takes time in proportion to the length, whatever is in it.
 */
export function clean(text: string): string {
  const lines = text.toWellFormed().replaceAll(lineEnd, '\n').replaceAll(controls, '');
  return withoutComments(lines.replaceAll(unseen, '').replaceAll(looseJoiner, ''));
}

/** A blank in place of each comment, so that the halves of a mark never meet; marks without their other half go, too. */
function withoutComments(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf('<!--'); at >= 0; at = text.indexOf('<!--', from)) {
    const end = text.indexOf('-->', at + 4);
    if (end < 0) break;
    parts.push(text.slice(from, at));
    from = end + 3;
  }
  parts.push(text.slice(from));
  return parts.join(' ').replaceAll(halfComment, ' ');
}
