import { createTurns } from '../../platform/concurrency/in-turn.ts';

/**
 * libsignal keeps one queue per peer address for the whole process and runs a waiting job in the async
 * context of the job before it, which may belong to another profile's key transaction. So no job of ours
 * ever waits there: it waits here first.
 */
export const { inTurn: libsignalTurn } = createTurns();
