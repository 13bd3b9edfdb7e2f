export { addressesOf, chatOf, phonesOfLids, resolveKnown, resolvePerson, type Whose } from './people.ts';
