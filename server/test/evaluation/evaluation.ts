import { readdirSync, readFileSync } from 'node:fs';
import type { AnsweredQuestion } from './questions.ts';

/** The documents of the evaluation set, by their names. */
export function evaluationDocuments(): { name: string; content: string }[] {
  const folder = new URL('./documents/', import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => ({
      name: file.slice(0, -'.md'.length),
      content: readFileSync(new URL(file, folder), 'utf8'),
    }));
}

/** Which part of the questions has its answer among the chunks that were found, and those that have not. */
export async function recallOf(
  questions: readonly AnsweredQuestion[],
  find: (query: string) => Promise<readonly { documentName: string; content: string }[]>,
): Promise<{ recall: number; missed: string[] }> {
  const missed: string[] = [];
  for (const { document, says, asks } of questions) {
    const found = await find(asks);
    if (!found.some(({ documentName, content }) => documentName === document && content.includes(says))) {
      missed.push(asks);
    }
  }
  return { recall: 1 - missed.length / questions.length, missed };
}
