/** Addresses differ by case for nobody, and one account must have one of them. */
export function normalEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
