/** Every permission there is; custom roles, roles and API-key scopes all resolve to these. */
export const permissions = [
  'org:read',
  'org:update',
  'org:delete',
  'org:billing',
  'workspace:create',
  'workspace:read',
  'workspace:update',
  'workspace:delete',
  'profile:create',
  'profile:read',
  'profile:update',
  'profile:delete',
  'profile:connect',
  'message:send',
  'message:read',
  'message:delete',
  'contact:create',
  'contact:read',
  'contact:update',
  'contact:delete',
  'contact:import',
  'contact:export',
  'template:create',
  'template:read',
  'template:update',
  'template:delete',
  'broadcast:create',
  'broadcast:read',
  'broadcast:execute',
  'broadcast:delete',
  'automation:create',
  'automation:read',
  'automation:update',
  'automation:delete',
  'user:invite',
  'user:read',
  'user:update',
  'user:remove',
  'role:manage',
  'apikey:create',
  'apikey:read',
  'apikey:delete',
  'webhook:manage',
  'audit:read',
  'settings:read',
  'settings:update',
] as const;

export type Permission = (typeof permissions)[number];

/**
 * What a route demands: nothing (`public`), any signed-in caller (`signed-in`), a person with a token and
 * not a key (`person`), or a permission.
 */
export type Access = 'public' | 'signed-in' | 'person' | Permission;

export type ResponseFormat = 'envelope' | 'raw';

/** Who is calling, resolved anew for each request. */
export interface Actor {
  readonly kind: 'user' | 'api-key';
  readonly userId: string;
  readonly organizationId: string;
  readonly role: string;
  readonly permissions: ReadonlySet<Permission>;
  /** The session behind an access token, or the key. */
  readonly sessionId?: string;
  readonly apiKeyId?: string;
  readonly responseFormat?: ResponseFormat;
}

/** Turns credentials of a request or a socket into an actor. */
export interface Authenticator {
  /**
   * @throws Failure UNAUTHENTICATED, INVALID_TOKEN, SESSION_REVOKED, INVALID_API_KEY or API_KEY_EXPIRED.
   */
  authenticate(credentials: { bearer?: string; apiKey?: string }): Promise<Actor>;
}
