/**
 * Where the code of a thread lies: beside this file as it is, in a file of its own beside the bundle.
 * @param name that of the file here, without its ending; the build has it as `knowledge-<name>`
 */
export function entryOf(name: 'prepare-thread' | 'vectors-thread'): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? `./${name}.ts` : `./knowledge-${name}.js`, import.meta.url);
}
