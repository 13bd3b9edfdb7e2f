import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import './preview.css';
import { listenForKeys } from './ui/commands/keys.ts';
import { Page, Panel } from './ui/index.ts';
import { UiProvider } from './ui/provider/provider.tsx';
import { startWords } from './words/index.ts';

/** Every part in every state, for who builds pages and for pictures; it is not shipped. */
const previews = import.meta.glob<{ previews: Record<string, () => ReactNode> }>('./ui/**/*.preview.tsx', {
  eager: true,
});

await startWords([]);
listenForKeys();
const place = document.getElementById('root');
if (place) {
  createRoot(place).render(
    <QueryClientProvider client={new QueryClient()}>
      <UiProvider>
        <main>
          <Page title="Parts">
            {Object.values(previews).flatMap((file) =>
              Object.entries(file.previews).map(([name, Preview]) => (
                <Panel key={name} title={name}>
                  <Preview />
                </Panel>
              )),
            )}
          </Page>
        </main>
      </UiProvider>
    </QueryClientProvider>,
  );
}
