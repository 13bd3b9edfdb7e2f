import { CSPProvider } from '@base-ui/react/csp-provider';
import { DirectionProvider } from '@base-ui/react/direction-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactNode } from 'react';
import { directionOf, useLanguage } from '../../words/index.ts';
import { Toasts } from '../toast/toasts.tsx';

/** What all parts need around them: no style elements, the direction of the language, one place for toasts. */
export function UiProvider({ children }: { children: ReactNode }): ReactNode {
  return (
    <CSPProvider disableStyleElements>
      <DirectionProvider direction={directionOf(useLanguage())}>
        <Tooltip.Provider>
          {children}
          <Toasts />
        </Tooltip.Provider>
      </DirectionProvider>
    </CSPProvider>
  );
}
