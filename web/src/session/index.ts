export { type Density, keepLook, type Look, lookNow, type Theme } from './look.ts';
export { type Permission, permissions } from './permissions.ts';
export { profilesQuery } from './profiles.ts';
export { type Scope, scopeOf, useScope } from './scope.ts';
export { serverQuery } from './server.ts';
export {
  beginSession,
  client,
  onSessionEnd,
  readPerson,
  resumeSession,
  sessionState,
  signOut,
  tokens,
} from './session.ts';
export type { Ending } from './tokens.ts';
export { may, useMay, usePerson, useSession } from './use-session.ts';
