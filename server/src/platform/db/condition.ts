import { exhaustedBy, exhaustedOf } from './trouble.ts';

/** Whether the database can store data now, judged by its answers. */
export interface DatabaseCondition {
  /**
   * A sentence about what it has run out of; undefined while it is well. After trouble it is well again after
   * a while without errors and a successful trial write.
   */
  trouble(): Promise<string | undefined>;
}

const quietMs = 2_000;

/** `seen` gets the code of every error of the database; `tryStoring` writes something and removes it. */
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
