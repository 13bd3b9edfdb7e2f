/** The versions whose source these amendments were read against; what to do about others is told in README.md. */
export const checkedAgainst = { baileys: '7.0.0-rc14', libsignal: '6.0.0' } as const;
