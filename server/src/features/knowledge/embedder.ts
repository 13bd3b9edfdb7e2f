/** What makes vectors of texts, so that texts are found that say the same in other words. Knowledge works without it. */
export interface Embedder {
  /** The model in force for an organisation; undefined when there is none. Cheap. */
  embeddingModel(organizationId: string): Promise<string | undefined>;

  /**
   * At most 64 texts; vectors in their order. Never takes longer than `deadlineMs`.
   * @throws Error when there is no model, it does not answer, or a budget is used up
   */
  embed(
    organizationId: string,
    texts: string[],
    options: { deadlineMs: number; profileId?: string; purpose?: 'query' | 'ingest' },
  ): Promise<{ vectors: ArrayLike<number>[]; model: string }>;
}
