/** Scripts that have about one token a character; others have about one for three. */
const dense =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/gu;
const charactersAToken = 3;

/** How many tokens a text will be, roughly and rather too many: a tokenizer would weigh 22 MB, and know one model. */
export function estimateTokens(text: string): number {
  const denseCount = text.match(dense)?.length ?? 0;
  return denseCount + Math.ceil((text.length - denseCount) / charactersAToken);
}
