export { forgetAddress, keepAddress } from './dialled.store.ts';
export {
  addressesOf,
  chatOf,
  phonesOfLids,
  removeUntouched,
  renumber,
  resolveKnown,
  resolvePerson,
  type Whose,
} from './people.ts';
