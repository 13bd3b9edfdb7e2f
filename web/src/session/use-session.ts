import type { Me } from '@multiwa/sdk';
import { useSyncExternalStore } from 'react';
import type { Permission } from './permissions.ts';
import { lastPerson, onSession, type SessionState, sessionState } from './session.ts';

export const useSession = (): SessionState => useSyncExternalStore(onSession, sessionState);

/** Who is signed in; pages behind the sign-in have one. */
export function usePerson(): Me {
  const person = useSession().person ?? lastPerson();
  if (!person) throw new Error('Nobody is signed in.');
  return person;
}

/** Whether the person may: `const may = useMay(); may('profile:create')`. */
export function useMay(): (permission: Permission) => boolean {
  const { person } = useSession();
  return (permission) => person?.permissions.includes(permission) ?? false;
}

/** The same outside of React. */
export const may = (permission: Permission): boolean =>
  sessionState().person?.permissions.includes(permission) ?? false;
