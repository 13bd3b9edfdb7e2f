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
} from './people.ts';
