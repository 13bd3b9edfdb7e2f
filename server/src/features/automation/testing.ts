/** From a step to a step, by their places, and by which of its exits. */
export type Edge = [source: string, target: string, exit?: string];

/** The graph of a flow that begins with a word; its first step follows that. */
export function graphOf(word: string, steps: readonly object[], edges: readonly Edge[]) {
  const first: Edge = ['t', '0'];
  return {
    nodes: [
      { id: 't', type: 'trigger', data: { triggerType: 'keyword', keywords: [word] } },
      ...steps.map((data, index) => ({ id: String(index), type: 'action', data })),
    ],
    edges: [first, ...edges].map(([source, target, sourceHandle]) => ({
      ...{ id: `${source}-${target}-${sourceHandle}`, source, target, sourceHandle },
    })),
  };
}
