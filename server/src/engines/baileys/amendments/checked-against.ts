/** The version whose source these amendments were read against; README.md says what to do about others. */
export const checkedAgainst = { baileys: '7.0.0-rc14' } as const;
