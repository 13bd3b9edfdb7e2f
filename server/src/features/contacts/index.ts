import type { Feature } from '../../platform/feature.ts';
import { contactKeeps } from './contacts.keeps.ts';

export { forgetAddress, keepAddress } from './dialled.store.ts';
export { type Named, namesLearnt } from './names.sql.ts';
export {
  addressesOf,
  chatOf,
  lockByPhone,
  phonesOfLids,
  removeUntouched,
  renumber,
  resolveKnown,
  resolvePerson,
  type Whose,
} from './people.store.ts';

/** Contacts have no routes yet: messages and conversations create them. */
export function createContacts(): { feature: Feature } {
  return { feature: { name: 'contacts', keeps: contactKeeps } };
}
