import { Failure } from '../../platform/failures.ts';
import { tagLengthMax, tagsMax } from './contacts.schema.ts';

/** Tags as they are kept: without space around them, each once, in their order; a single text may have commas. */
export function readTags(given: readonly string[] | string | null | undefined): string[] {
  const list = typeof given === 'string' ? given.split(',') : (given ?? []);
  return [...new Set(list.map((tag) => tag.trim()).filter((tag) => tag !== ''))];
}

/** Of a query, where several values may come as one text each. */
export function readTagsOfQuery(given: readonly string[] | string | undefined): string[] {
  return readTags([given ?? []].flat().flatMap((text) => text.split(',')));
}

/** What is wrong with tags that somebody wants to keep; undefined when nothing is. */
export function problemOfTags(tags: readonly string[]): string | undefined {
  if (tags.length > tagsMax) return `must be at most ${tagsMax} different tags`;
  if (tags.some((tag) => tag.length > tagLengthMax))
    return `must have at most ${tagLengthMax} characters each`;
  return undefined;
}

/** @throws Failure VALIDATION_ERROR */
export function assertTags(tags: readonly string[]): void {
  const problem = problemOfTags(tags);
  if (problem) throw new Failure('VALIDATION_ERROR', { details: [{ path: '/tags', problem }] });
}
