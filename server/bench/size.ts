/** How much is measured. */
export interface Size {
  /** Rounds of a row, each variant once in each. */
  rounds: number;
  /** Seconds of a round. */
  seconds: number;
  /** Seconds of the same before it, which do not count. */
  warmSeconds: number;
  /**
   * Messages before the first round of all. Plain Baileys needs 2.2 ms of CPU for each of the first hundreds and 1.4
   * after a thousand, the network 2.0 and 1.1: whoever is measured cold looks half as fast as he is.
   */
  warmMessages: number;
  /** Seconds in which what an idle gateway uses is measured. */
  restSeconds: number;
  /** How long is waited, at most, until what was begun is done. */
  settleMsMax: number;
  /** Members of a large group, and how many messages are sent to it. */
  largeGroup: number;
  largeGroupSends: number;
  /** Numbers nobody has written to, for each round. */
  newNumbers: number;
  steadySeconds: number;
  starts: number;
  /** Clients that listen at once. */
  sockets: number;
  profiles: number;
  idleSeconds: number;
  messagesSent: number;
  /** Nothing waits longer than this for the messages of `messagesSent`. */
  sendingSecondsMax: number;
  list: { messages: number; conversations: number; contacts: number; events: number; asked: number };
  /** Chunks in what a profile knows: few, and many. */
  knowledge: readonly [number, number];
  statistics: { profiles: number; days: number; conversations: number; tags: number };
}

export const fullSize: Size = {
  rounds: 5,
  seconds: 3,
  warmSeconds: 0.5,
  warmMessages: 1500,
  restSeconds: 3,
  settleMsMax: 8000,
  largeGroup: 1_000,
  largeGroupSends: 40,
  newNumbers: 40,
  steadySeconds: 15,
  starts: 5,
  sockets: 1000,
  profiles: 50,
  idleSeconds: 30,
  messagesSent: 20_000,
  sendingSecondsMax: 120,
  list: { messages: 1_000_000, conversations: 20_000, contacts: 100_000, events: 1_000_000, asked: 300 },
  knowledge: [10_000, 100_000],
  statistics: { profiles: 100, days: 365, conversations: 20_000, tags: 200 },
};

/** Says whether the bench itself works; its figures mean nothing. */
export const quickSize: Size = {
  rounds: 1,
  seconds: 0.5,
  warmSeconds: 0.1,
  warmMessages: 50,
  restSeconds: 0.5,
  settleMsMax: 700,
  largeGroup: 20,
  largeGroupSends: 3,
  newNumbers: 5,
  steadySeconds: 2,
  starts: 1,
  sockets: 40,
  profiles: 4,
  idleSeconds: 2,
  messagesSent: 200,
  sendingSecondsMax: 10,
  list: { messages: 10_000, conversations: 200, contacts: 1000, events: 2000, asked: 20 },
  knowledge: [1_000, 4_000],
  statistics: { profiles: 5, days: 30, conversations: 200, tags: 20 },
};
