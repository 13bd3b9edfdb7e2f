/** Labels as they are typed, with commas of any language between them; each once. */
export function labelsIn(text: string): string[] {
  const words = text.split(/[,،，、;\n]/).map((word) => word.trim());
  return [...new Set(words.filter((word) => word !== ''))];
}
