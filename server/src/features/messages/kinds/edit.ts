import type { Content } from './kind.ts';

/** The original with what an edit says anew in these fields; one that the edit leaves out is gone. */
export function replaced(original: Content, edit: Content, names: readonly string[]): Content {
  const rest = Object.entries(original).filter(([name]) => !names.includes(name));
  const given = names.filter((name) => edit[name] !== undefined).map((name) => [name, edit[name]]);
  return Object.fromEntries([...given, ...rest]);
}
