/** BM25 as the textbooks have it, over all documents at once: what the search of the database is compared with. */
export function plainBm25(documents: readonly { id: string; terms: readonly string[] }[]) {
  const [k1, b] = [1.2, 0.75];
  const average = documents.reduce((sum, { terms }) => sum + terms.length, 0) / documents.length;
  const counts = documents.map(({ id, terms }) => {
    const count = new Map<string, number>();
    for (const term of terms) count.set(term, (count.get(term) ?? 0) + 1);
    return { id, count, length: terms.length };
  });
  const df = (term: string) => counts.filter(({ count }) => count.has(term)).length;
  /** The documents that have any of the terms, the best first. */
  return (query: readonly string[]): { id: string; score: number }[] => {
    const idf = new Map(
      query.map((term) => [term, Math.log(1 + (documents.length - df(term) + 0.5) / (df(term) + 0.5))]),
    );
    return counts
      .map(({ id, count, length }) => {
        const parts = query.map((term) => {
          const tf = count.get(term) ?? 0;
          return ((idf.get(term) ?? 0) * tf * (k1 + 1)) / (tf + k1 * (1 - b + (b * length) / average));
        });
        return { id, score: parts.reduce((sum, part) => sum + part, 0) };
      })
      .filter(({ score }) => score > 0)
      .sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1));
  };
}
