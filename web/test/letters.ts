import { inject } from 'vitest';

/** Where in the dashboard the next letter to this address leads that has a link to the page; others are passed over. */
export async function linkTo(
  page: 'reset-password' | 'verify-email' | 'accept-invitation',
  email: string,
): Promise<string> {
  for (;;) {
    const answer = await fetch(`${inject('lettersUrl')}/?to=${encodeURIComponent(email)}`);
    const letter = await answer.text();
    if (!answer.ok) throw new Error(letter);
    const link = new RegExp(`/${page}#token=[\\w-]+`).exec(letter)?.[0];
    if (link !== undefined) return link;
  }
}
