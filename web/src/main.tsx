import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createDashboardRouter } from './routes.ts';
import { onSessionEnd, resumeSession } from './session/index.ts';
import { shellWords } from './shell/words/index.ts';
import { listenForKeys } from './ui/commands/keys.ts';
import { Problem } from './ui/index.ts';
import { UiProvider } from './ui/provider/provider.tsx';
import { retries } from './ui/provider/retries.ts';
import { startWords } from './words/index.ts';

const cache = new QueryClient({
  defaultOptions: {
    // Events keep what is shown up to date; what nobody has looked at for a while is read anew.
    queries: { staleTime: 30_000, retry: retries, refetchOnWindowFocus: false },
    mutations: { retry: false },
  },
});
const router = createDashboardRouter(cache);
onSessionEnd(() => {
  cache.clear();
  void router.navigate({ to: '/sign-in', search: { to: router.state.location.href } });
});
listenForKeys();

async function start(): Promise<void> {
  const page = document.getElementById('root');
  if (!page) throw new Error('The page has no place to draw into.');
  const resumed = resumeSession().catch((error: unknown) => ({ error }));
  const [failed] = await Promise.all([resumed, startWords([shellWords])]);
  createRoot(page).render(
    <StrictMode>
      <QueryClientProvider client={cache}>
        <UiProvider>
          {failed ? (
            <Problem error={failed.error} again={() => location.reload()} />
          ) : (
            <RouterProvider router={router} />
          )}
        </UiProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}
void start();
