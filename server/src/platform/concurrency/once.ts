/** Makes something at the first call and answers it at every call; when the making throws, the next call tries again. */
export function once<T>(make: () => T): () => T {
  let made: { it: T } | undefined;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}
