import { Compass, Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Permission } from '../session/index.ts';
import { ButtonLink, Empty, Page, Problem } from '../ui/index.ts';
import { useWords } from '../words/index.ts';

/** An address that there is not. */
export function Missing(): ReactNode {
  const t = useWords('shell');
  return (
    <main>
      <Page title={t('notFound')}>
        <Empty icon={Compass} title="404" actions={<ButtonLink to="/">{t('home')}</ButtonLink>}>
          {t('notFoundHint')}
        </Empty>
      </Page>
    </main>
  );
}

/** An address that the person may not open: which permission is missing, and who can give it. */
export function Forbidden({ permission }: { permission: Permission }): ReactNode {
  const t = useWords('shell');
  return (
    <Page title={t('forbidden')}>
      <Empty icon={Lock} title="403" actions={<ButtonLink to="/">{t('home')}</ButtonLink>}>
        {t('forbiddenHint', { permission })}
      </Empty>
    </Page>
  );
}

/** A page whose code or words could not be loaded. */
export function Failed({ error, reset }: { error: unknown; reset: () => void }): ReactNode {
  return <Problem error={error} again={reset} />;
}
