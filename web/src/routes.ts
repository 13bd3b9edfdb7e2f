import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import { createElement } from 'react';
import { eventsSearch } from './features/events/search.ts';
import { inboxSearch } from './features/inbox/search.ts';
import { keysSearch } from './features/keys/search.ts';
import { liveParts } from './features/live.ts';
import { filterIn, tabIn } from './features/profiles/filter.ts';
import { sandboxSearchIn } from './features/sandbox/address.ts';
import { startSearchIn } from './features/start/address.ts';
import { trySearch } from './features/try/search.ts';
import { webhookSearch, webhooksSearch } from './features/webhooks/search.ts';
import { scopeOf, serverQuery, sessionState } from './session/index.ts';
import { Failed, Missing } from './shell/missing.tsx';
import { Outside } from './shell/outside.tsx';
import { pageOf } from './shell/page-of.ts';
import { Shell } from './shell/shell.tsx';
import { toParameter } from './shell/to-parameter.ts';

const root = createRootRouteWithContext<{ cache: QueryClient }>()({ notFoundComponent: Missing });

/** Before the sign-in; whoever is signed in is led on. */
const outside = createRoute({ getParentRoute: () => root, id: 'outside', component: Outside });

const signIn = createRoute({
  getParentRoute: () => outside,
  path: '/sign-in',
  validateSearch: toParameter,
  beforeLoad: ({ search }) => {
    if (sessionState().person) throw redirect({ to: search.to ?? '/' });
  },
  ...pageOf(() => import('./features/sign-in/sign-in-page.tsx')),
});
const register = createRoute({
  getParentRoute: () => outside,
  path: '/register',
  beforeLoad: () => {
    if (sessionState().person) throw redirect({ to: '/' });
  },
  ...pageOf(() => import('./features/sign-in/register-page.tsx')),
});

// Letters lead to these three, whoever is signed in here.
const resetPassword = createRoute({
  getParentRoute: () => outside,
  path: '/reset-password',
  ...pageOf(() => import('./features/sign-in/reset-password-page.tsx')),
});
const verifyEmail = createRoute({
  getParentRoute: () => outside,
  path: '/verify-email',
  ...pageOf(() => import('./features/sign-in/verify-email-page.tsx')),
});
const acceptInvitation = createRoute({
  getParentRoute: () => outside,
  path: '/accept-invitation',
  ...pageOf(() => import('./features/sign-in/accept-invitation-page.tsx')),
});

/** Behind the sign-in. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  validateSearch: scopeOf,
  search: { middlewares: [retainSearchParams(['profile'])] },
  beforeLoad: async ({ location, context: { cache } }) => {
    if (sessionState().person) return;
    const server = await cache.ensureQueryData(serverQuery).catch(() => undefined);
    const { open, hasOrganization } = server?.registration ?? {};
    // On a new server there is nobody to sign in as.
    if (open && hasOrganization === false) throw redirect({ to: '/register' });
    throw redirect({ to: '/sign-in', search: { to: location.href } });
  },
  component: () => createElement(Shell, { parts: liveParts }),
});

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  ...pageOf(() => import('./features/overview/overview-page.tsx')),
});
const inbox = createRoute({
  getParentRoute: () => shell,
  path: '/inbox',
  validateSearch: inboxSearch,
  ...pageOf(() => import('./features/inbox/inbox-page.tsx'), { permission: 'message:read' }),
});
const inboxConversation = createRoute({
  getParentRoute: () => inbox,
  path: '$conversationId',
  ...pageOf(() => import('./features/inbox/thread-page.tsx'), { permission: 'message:read' }),
});
const accountAppearance = createRoute({
  getParentRoute: () => shell,
  path: '/account/appearance',
  ...pageOf(() => import('./features/account/appearance-page.tsx')),
});
const accountProfile = createRoute({
  getParentRoute: () => shell,
  path: '/account/profile',
  ...pageOf(() => import('./features/account/profile-page.tsx')),
});

const accountSecurity = createRoute({
  getParentRoute: () => shell,
  path: '/account/security',
  ...pageOf(() => import('./features/account/security-page.tsx')),
});
const accountSessions = createRoute({
  getParentRoute: () => shell,
  path: '/account/sessions',
  ...pageOf(() => import('./features/account/sessions-page.tsx')),
});
const keys = createRoute({
  getParentRoute: () => shell,
  path: '/developers/keys',
  validateSearch: keysSearch,
  ...pageOf(() => import('./features/keys/keys-page.tsx'), { permission: 'apikey:read' }),
});
const webhooks = createRoute({
  getParentRoute: () => shell,
  path: '/developers/webhooks',
  validateSearch: webhooksSearch,
  ...pageOf(() => import('./features/webhooks/webhooks-page.tsx'), { permission: 'webhook:manage' }),
});
const webhook = createRoute({
  getParentRoute: () => shell,
  path: '/developers/webhooks/$id',
  validateSearch: webhookSearch,
  ...pageOf(() => import('./features/webhooks/webhook-page.tsx'), { permission: 'webhook:manage' }),
});
const delivery = createRoute({
  getParentRoute: () => shell,
  path: '/developers/webhooks/$id/deliveries/$deliveryId',
  ...pageOf(() => import('./features/webhooks/delivery-page.tsx'), { permission: 'webhook:manage' }),
});
const events = createRoute({
  getParentRoute: () => shell,
  path: '/developers/events',
  validateSearch: eventsSearch,
  ...pageOf(() => import('./features/events/events-page.tsx'), { permission: 'profile:read' }),
});
const tryIt = createRoute({
  getParentRoute: () => shell,
  path: '/developers/try',
  validateSearch: trySearch,
  ...pageOf(() => import('./features/try/try-page.tsx')),
});

const profiles = createRoute({
  getParentRoute: () => shell,
  path: '/profiles',
  validateSearch: filterIn,
  ...pageOf(() => import('./features/profiles/profiles-page.tsx'), { permission: 'profile:read' }),
});
const newProfile = createRoute({
  getParentRoute: () => shell,
  path: '/profiles/new',
  ...pageOf(() => import('./features/profiles/new-profile-page.tsx'), { permission: 'profile:create' }),
});
const profile = createRoute({
  getParentRoute: () => shell,
  path: '/profiles/$id',
  validateSearch: tabIn,
  ...pageOf(() => import('./features/profiles/profile-page.tsx'), { permission: 'profile:read' }),
});
const start = createRoute({
  getParentRoute: () => shell,
  path: '/start',
  validateSearch: startSearchIn,
  ...pageOf(() => import('./features/start/start-page.tsx'), { permission: 'profile:create' }),
});
const sandbox = createRoute({
  getParentRoute: () => shell,
  path: '/sandbox',
  validateSearch: sandboxSearchIn,
  ...pageOf(() => import('./features/sandbox/sandbox-page.tsx'), { permission: 'profile:connect' }),
});

const tree = root.addChildren([
  outside.addChildren([signIn, register, resetPassword, verifyEmail, acceptInvitation]),
  shell.addChildren([
    overview,
    inbox.addChildren([inboxConversation]),
    accountProfile,
    accountSecurity,
    accountSessions,
    accountAppearance,
    keys,
    webhooks,
    webhook,
    delivery,
    events,
    tryIt,
    start,
    profiles,
    newProfile,
    profile,
    sandbox,
  ]),
]);

/** The whole address list. */
export const createDashboardRouter = (cache: QueryClient) =>
  createRouter({
    routeTree: tree,
    context: { cache },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: Failed,
    scrollRestoration: true,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createDashboardRouter>;
  }
}
