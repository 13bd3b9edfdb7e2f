/** Receiving chains of a session: as many as the network's clients keep. */
export const receivingChainsMax = 5;

/** Sessions besides the current one, alike. */
export const previousMax = 40;
