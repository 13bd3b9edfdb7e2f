import { exhaustedBy, exhaustedOf } from './trouble.ts';

/** Whether the database can store things now, as far as its answers tell. */
export interface DatabaseCondition {
  /**
   * A sentence about what it has run out of; undefined while it is well. After trouble it is well again once
   * a while has passed without any and something could be stored on trial.
   */
  trouble(): Promise<string | undefined>;
}

const quietMs = 2_000;

/** `seen` is told the code of every refusal by the database; `tryStoring` stores something and takes it back. */
export function createCondition(tryStoring: () => Promise<unknown>): DatabaseCondition & {
  seen(code: string | undefined): void;
} {
  let says: string | undefined;
  let seenAtMs = 0;
  const seen = (code: string | undefined) => {
    const sentence = exhaustedBy(code);
    if (sentence === undefined) return;
    says = sentence;
    seenAtMs = performance.now();
  };
  return {
    seen,
    async trouble() {
      if (says === undefined || performance.now() - seenAtMs < quietMs) return says;
      try {
        await tryStoring();
        says = undefined;
      } catch (error) {
        says = exhaustedOf(error) ?? says;
        seenAtMs = performance.now();
      }
      return says;
    },
  };
}
