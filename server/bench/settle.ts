import { setTimeout as pause } from 'node:timers/promises';

const windowMs = 200;
/** Above what an idle gateway uses, far below what one with work left uses. */
const quietShare = 0.25;
const quietWindows = 3;

/**
 * Waits until what was begun is done: outcomes written behind, receipts, and the phones of the network, which read
 * their mail a quarter of a second after it has become quiet. So no variant pays for the one before it, and the CPU
 * of a message holds what comes after its answer.
 */
export async function settled(cpuMs: () => number, waitMsMax: number): Promise<void> {
  const untilMs = performance.now() + waitMsMax;
  for (let quiet = 0; quiet < quietWindows && performance.now() < untilMs; ) {
    const [before, fromMs] = [cpuMs(), performance.now()];
    await pause(windowMs);
    const share = (cpuMs() - before) / (performance.now() - fromMs);
    quiet = share < quietShare ? quiet + 1 : 0;
  }
}
