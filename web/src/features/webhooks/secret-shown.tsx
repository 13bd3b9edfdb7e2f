import { type ReactNode, useState } from 'react';
import { Banner, Code, Tabs } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { snippets } from './snippets.ts';
import { webhooksWords } from './words/index.ts';

const names = { node: 'Node', python: 'Python', php: 'PHP', go: 'Go' } as const;

/** The secret, this once, and how a receiver uses it; nothing keeps it. */
export function SecretShown({ secret, signingSecret }: { secret: string; signingSecret: string }): ReactNode {
  const t = useWords(webhooksWords);
  return (
    <>
      <Banner kind="warning">{t('once')}</Banner>
      <Code label={t('secret')}>
        {`MULTIWA_WEBHOOK_SECRET=${secret}\nMULTIWA_SIGNING_SECRET=${signingSecret}`}
      </Code>
      <Verifying />
    </>
  );
}

/** How to know that a delivery is genuine. */
export function Verifying(): ReactNode {
  const t = useWords(webhooksWords);
  const [shown, setShown] = useState<keyof typeof names>('node');
  return (
    <Tabs
      label={t('verifying')}
      value={shown}
      onChange={setShown}
      tabs={(Object.keys(names) as (keyof typeof names)[]).map((value) => ({
        value,
        label: names[value],
        content: <Code label={`${t('verifying')} ${names[value]}`}>{snippets[value]}</Code>,
      }))}
    />
  );
}
