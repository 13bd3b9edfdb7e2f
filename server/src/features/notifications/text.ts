const titleMax = 120;
const bodyMax = 300;

/** Title and body as long as people read them; strangers write to profiles, and what they write may be long. */
export function withinBounds({ title, body }: { title: string; body: string }) {
  return { title: shortened(title, titleMax) || 'Notification', body: shortened(body, bodyMax) };
}

/** PostgreSQL can't store a NUL in text, and half a character is none. */
function shortened(text: string, charactersMax: number): string {
  const begun = text
    .slice(0, charactersMax + 1)
    .replaceAll('\0', '')
    .trim();
  return (begun.length > charactersMax ? `${begun.slice(0, charactersMax - 1)}…` : begun).toWellFormed();
}
