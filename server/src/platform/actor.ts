import type { Permission } from './permissions.ts';

/**
 * What a route requires: nothing (`public`), any signed-in caller (`signed-in`), a person with a token and
 * not an API key (`person`), or a permission.
 */
export type Access = 'public' | 'signed-in' | 'person' | Permission;

export type ResponseFormat = 'envelope' | 'raw';

/** Where a request came from: the address behind trusted proxies, and the user agent. */
export interface Origin {
  readonly ipAddress: string;
  readonly userAgent: string | null;
  /** A page of our own, whose refresh token stands in a cookie: its access tokens are short. */
  readonly keepsCookie?: boolean;
}

/** Permissions that count in one workspace or for one profile only. */
export interface ScopedGrant {
  readonly permissions: ReadonlySet<Permission>;
  readonly workspaceId: string | null;
  readonly profileId: string | null;
}

/** Some profiles of an organisation: those of the workspaces, and those named. */
export interface Places {
  readonly workspaceIds: readonly string[];
  readonly profileIds: readonly string[];
}

/** Where a permission counts: inside `within` (absent: everywhere), and for the profiles `only` names (absent: all). */
export interface Reach {
  readonly within?: Places;
  readonly only?: readonly string[];
}

/** Who is calling, resolved anew for each request. */
export interface Actor {
  readonly kind: 'user' | 'api-key';
  readonly userId: string;
  readonly organizationId: string;
  readonly role: string;
  /** What counts in the whole organisation. */
  readonly permissions: ReadonlySet<Permission>;
  /** What counts in parts of it besides; absent: nothing. */
  readonly grants?: readonly ScopedGrant[];
  /** The only profiles a key may touch; absent: all that its owner may. */
  readonly onlyProfiles?: readonly string[];
  /** An API key from before events named a permission: its webhooks get every event. */
  readonly hearsAll?: boolean;
  /** Where the permission that the route requires counts; absent: everywhere. Set by the HTTP layer or the socket. */
  readonly reach?: Reach;
  /** Set by the HTTP layer. */
  readonly origin?: Origin;
  /** The session behind an access token, or the key. */
  readonly sessionId?: string;
  readonly apiKeyId?: string;
  readonly responseFormat?: ResponseFormat;
}

/** Turns credentials of a request or a socket into an actor. */
export interface Authenticator {
  /**
   * A request may get an actor that was resolved less than a second ago; a lasting connection asks for a fresh one.
   * @throws Failure UNAUTHENTICATED, INVALID_TOKEN, SESSION_REVOKED, INVALID_API_KEY or API_KEY_EXPIRED.
   */
  authenticate(
    credentials: { bearer?: string; apiKey?: string },
    options?: { fresh: boolean },
  ): Promise<Actor>;
}
