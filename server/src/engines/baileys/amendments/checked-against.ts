/** The versions whose source these amendments were read against; README.md says what to do about others. */
export const checkedAgainst = { baileys: '7.0.0-rc14', libsignal: '6.0.0' } as const;
