import { MultiWaError } from '@multiwa/sdk';
import i18next from 'i18next';

/** What went wrong, in the language of the page where its code is known there, else in the server's words. */
export function sentenceOf(error: unknown): string {
  const known = error instanceof MultiWaError ? error : undefined;
  const key = `failures:${known?.code ?? 'unknown'}`;
  // Which codes there are the server decides, so no type knows whether this one has words.
  const say = i18next.t as unknown as (key: string) => string;
  if (i18next.exists(key)) return say(key);
  return known?.message ?? say('failures:unknown');
}
