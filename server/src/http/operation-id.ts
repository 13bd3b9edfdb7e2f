/**
 * The name of an operation for generated clients, made of its method and path alone, so that it is as stable as the
 * address: `GET /api/v1/profiles/{id}` is `getProfileById`, `…/{id}/qr` is `getProfileQr`. A word before an id is in the
 * singular, or has `ById` behind it where it is one already; ids behind a first one at the end are called by their names.
 */
export function operationIdOf(method: string, path: string): string {
  const parts = path.replace(/^\/api\/v1\//, '').split('/');
  const last = parts.findLastIndex((part) => !isId(part));
  const words = parts.slice(0, last + 1).flatMap((part, index) => {
    if (isId(part)) return [];
    if (!isId(parts[index + 1] ?? '')) return part.split('-');
    const one = singular(part);
    return [...one.split('-'), ...(one === part && index < last ? ['by', 'id'] : [])];
  });
  const [first, ...others] = parts.slice(last + 1).map((part) => part.slice(1, -1));
  const by = first === undefined ? [] : ['by', 'id', ...others];
  return `${method.toLowerCase()}${[...words, ...by].map(capital).join('')}`;
}

const isId = (part: string) => part.startsWith('{');

const capital = (word: string) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.endsWith('ses') || word.endsWith('ches')) return word.slice(0, -2);
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}
