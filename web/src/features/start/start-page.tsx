import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { FlaskConical, Smartphone } from 'lucide-react';
import type { ReactNode } from 'react';
import { serverQuery } from '../../session/index.ts';
import { Button, definePage, Loaded, Page, ProblemLine } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { profileQuery, profilesWords } from '../profiles/index.ts';
import { sandboxWords } from '../sandbox/index.ts';
import { startSearchIn } from './address.ts';
import { useLinkOwn, useTrySandbox } from './commands.ts';
import { LinkStep } from './link-step.tsx';
import { NextSteps } from './next-steps.tsx';
import { firstMessagesQuery } from './queries.ts';
import styles from './start.module.css';
import { Steps } from './steps.tsx';
import { TalkStep } from './talk-step.tsx';
import { startWords } from './words/index.ts';

function StartPage(): ReactNode {
  const t = useWords(startWords);
  const { id } = useSearch({ from: '/shell/start' });
  return (
    <Page title={t('title')} hint={id === undefined && t('hint')}>
      {id === undefined ? <Choice /> : <Story id={id} />}
    </Page>
  );
}

/** Two ways to begin; the one without a phone comes first where there is a sandbox. */
function Choice(): ReactNode {
  const t = useWords(startWords);
  const server = useQuery(serverQuery);
  const begin = useTrySandbox();
  const own = useLinkOwn();
  return (
    <Loaded query={server}>
      {({ sandbox, engines }) => (
        <div className={styles.choices}>
          {sandbox && (
            <section className={`${styles.choice} ${styles.first}`}>
              <FlaskConical aria-hidden size={28} />
              <h2>{t('sandbox.title')}</h2>
              <p>{t('sandbox.hint')}</p>
              <Button kind="main" isBusy={begin.isPending} onClick={() => begin.mutate()}>
                {t('sandbox.go')}
              </Button>
              {begin.isError && <ProblemLine error={begin.error} />}
            </section>
          )}
          {engines.includes('baileys') && (
            <section className={`${styles.choice} ${sandbox ? '' : styles.first}`}>
              <Smartphone aria-hidden size={28} />
              <h2>{t('own.title')}</h2>
              <p>{sandbox ? t('own.hint') : t('own.onlyHint')}</p>
              <Button kind={sandbox ? 'plain' : 'main'} isBusy={own.isPending} onClick={() => own.mutate()}>
                {t('own.go')}
              </Button>
              {own.isError && <ProblemLine error={own.error} />}
            </section>
          )}
        </div>
      )}
    </Loaded>
  );
}

/** From the code to the answer, as far as it has come. */
function Story({ id }: { id: string }): ReactNode {
  const query = useQuery(profileQuery(id));
  const { data: messages } = useQuery(firstMessagesQuery(id));
  const hasAnswered = messages?.some(({ direction }) => direction === 'outgoing');
  return (
    <Loaded query={query}>
      {(profile) => {
        // One that was connected before is only looking for its connection.
        const isLinked = profile.status === 'connected' || profile.lastConnectedAt !== null;
        return (
          <>
            <Steps at={!isLinked ? 'link' : hasAnswered ? 'next' : 'talk'} />
            {isLinked ? <TalkStep profile={profile} /> : <LinkStep profile={profile} />}
            {isLinked && <NextSteps profile={profile} />}
          </>
        );
      }}
    </Loaded>
  );
}

export const page = definePage({
  component: StartPage,
  words: [startWords, sandboxWords, profilesWords],
  load: ({ cache, search }) => {
    void cache.prefetchQuery(serverQuery);
    const { id } = startSearchIn(search);
    if (id) void cache.prefetchQuery(profileQuery(id));
  },
});
