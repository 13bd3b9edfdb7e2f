/** Nobody uses addresses that differ by case only, so all spellings are one account. */
export function normalEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
