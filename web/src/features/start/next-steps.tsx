import { type Profile, postApiKeys } from '@multiwa/sdk';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { KeyRound } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { client, serverQuery, useMay } from '../../session/index.ts';
import { Button, ButtonLink, Code, Panel, ProblemLine, Tabs } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { type SampleLanguage, sampleLanguages, sampleOf } from './samples.ts';
import styles from './start.module.css';
import { startWords } from './words/index.ts';

/** Pages of other areas, which come and go without this one. */
const elsewhere: Record<'webhooks' | 'inbox', string> = { webhooks: '/developers/webhooks', inbox: '/inbox' };

/** What comes after the first message: the same from a program, and where to go on. */
export function NextSteps({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(startWords);
  const may = useMay();
  const { customer } = useSearch({ from: '/shell/start' });
  const [language, setLanguage] = useState<SampleLanguage>('curl');
  const make = useMutation({
    mutationFn: () =>
      postApiKeys({
        client,
        body: { name: t('next.keyName'), profileIds: [profile.id], permissions: ['*'] },
      }),
  });
  const key = make.data?.key;
  const to = customer ?? '628123456789';
  const about = {
    origin: location.origin,
    key: key ?? 'YOUR_KEY',
    body: { profileId: profile.id, to, text: t('next.text') },
  };
  return (
    <>
      <Panel
        title={t('next.title')}
        hint={t('next.hint')}
        actions={
          !key &&
          may('apikey:create') && (
            <Button icon={KeyRound} isBusy={make.isPending} onClick={() => make.mutate()}>
              {t('next.make')}
            </Button>
          )
        }
      >
        {key && <p role="status">{t('next.once')}</p>}
        {make.isError && <ProblemLine error={make.error} />}
        <Tabs
          label={t('next.language')}
          value={language}
          onChange={setLanguage}
          tabs={(Object.keys(sampleLanguages) as SampleLanguage[]).map((value) => ({
            value,
            label: sampleLanguages[value],
            content: value === language && (
              <Code label={sampleLanguages[value]}>{sampleOf(value, about)}</Code>
            ),
          }))}
        />
      </Panel>
      <Ways />
    </>
  );
}

function Ways(): ReactNode {
  const t = useWords(startWords);
  const may = useMay();
  const { data: server } = useQuery(serverQuery);
  return (
    <ul className={styles.ways}>
      {may('webhook:manage') && (
        <li>
          <Link to={elsewhere.webhooks}>{t('next.webhook')}</Link>
          <p>{t('next.webhookHint')}</p>
        </li>
      )}
      {may('message:read') && (
        <li>
          <Link to={elsewhere.inbox}>{t('next.inbox')}</Link>
          <p>{t('next.inboxHint')}</p>
        </li>
      )}
      <li>
        <a href="/api/docs" target="_blank" rel="noopener noreferrer">
          {t('next.reference')}
        </a>
        <p>{t('next.referenceHint')}</p>
      </li>
      {server?.engines.includes('baileys') && (
        <li>
          <Link to="/profiles/new">{t('next.phone')}</Link>
          <p>{t('next.phoneHint')}</p>
        </li>
      )}
      <li>
        <ButtonLink to="/start" search={{}} kind="quiet">
          {t('next.over')}
        </ButtonLink>
      </li>
    </ul>
  );
}
