import { useSearch } from '@tanstack/react-router';

/** Which part of the organization every page shows; it stands in the address. */
export interface Scope {
  profile?: string;
}

/** Of the search parameters of all pages behind the sign-in. */
export function scopeOf({ profile }: Record<string, unknown>): Scope {
  return typeof profile === 'string' && /^[0-9a-f-]{36}$/i.test(profile) ? { profile } : {};
}

/** The profile that was chosen at the top of the side bar; undefined: all of them. */
export function useScope(): Scope {
  return useSearch({ strict: false, select: scopeOf });
}
