const sign = '*'.repeat(8);
/** Of a shorter secret the end would be most of it. */
const shownFrom = 12;

/** A secret as it is answered: a mask with its last four characters. */
export function maskSecret(secret: string): string {
  return secret.length < shownFrom ? sign : sign + secret.slice(-4);
}

/** Whether a client sent back what it was answered. */
export function isMasked(secret: string): boolean {
  return secret.startsWith(sign);
}
