export { addressesOf, chatOf, phoneOfLid, resolveKnown, resolvePerson, type Whose } from './people.ts';
