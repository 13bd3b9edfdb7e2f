const lengthMax = 2_048;

/** Whether a text is the address of something on the web; whether it may be reached is another question. */
export function isWebUrl(text: unknown): boolean {
  if (typeof text !== 'string' || text.length > lengthMax) return false;
  return ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? '');
}
