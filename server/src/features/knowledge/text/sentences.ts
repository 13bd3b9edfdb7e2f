const sentences = new Intl.Segmenter('und', { granularity: 'sentence' });
const characters = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** So much is told apart at once: what has no end of a sentence would be read again and again. */
const windowLength = 20_000;

/** The sentences of a text in any script, together the whole text, none longer than `lengthMax` UTF-16 units. */
export function sentencesOf(text: string, lengthMax: number): string[] {
  const found: string[] = [];
  for (const window of windowsOf(text)) {
    for (const { segment } of sentences.segment(window)) {
      if (segment.length <= lengthMax) found.push(segment);
      else found.push(...cut(segment, lengthMax));
    }
  }
  return found;
}

function* windowsOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const to = wholeAt(text, from + windowLength);
    yield text.slice(from, to);
    from = to;
  }
}

/** A place that cuts no character in two. */
function wholeAt(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}

/** Behind a blank where there is one in the second half, else behind a whole character. */
function cut(sentence: string, lengthMax: number): string[] {
  const parts: string[] = [];
  let from = 0;
  while (sentence.length - from > lengthMax) {
    const window = sentence.slice(from, wholeAt(sentence, from + lengthMax));
    const blank = Math.max(window.lastIndexOf(' '), window.lastIndexOf('\n')) + 1;
    const length = blank > lengthMax / 2 ? blank : wholeCharacters(window);
    parts.push(sentence.slice(from, from + length));
    from += length;
  }
  return [...parts, sentence.slice(from)];
}

/** Without the last character, which may go on behind the window; all of it when it is one character only. */
function wholeCharacters(window: string): number {
  const last = characters.segment(window).containing(window.length - 1);
  return last && last.index > window.length / 2 ? last.index : window.length;
}
