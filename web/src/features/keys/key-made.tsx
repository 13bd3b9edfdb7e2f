import type { CreatedApiKey } from '@multiwa/sdk';
import type { ReactNode } from 'react';
import { Banner, Button, ButtonLink, Code, CopyButton, DialogButtons } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { keysWords } from './words/index.ts';

/** The key, this once; nothing keeps it. */
export function KeyMade({ made, onDone }: { made: CreatedApiKey; onDone: () => void }): ReactNode {
  const t = useWords(keysWords);
  return (
    <>
      <Banner kind="warning">{t('once')}</Banner>
      <Code label={t('key')}>{made.key}</Code>
      <Code label={t('env')}>{`MULTIWA_URL=${location.origin}\nMULTIWA_KEY=${made.key}`}</Code>
      <DialogButtons>
        <CopyButton text={made.key}>{t('copyKey')}</CopyButton>
        <ButtonLink to="/developers/try">{t('tryIt')}</ButtonLink>
        <Button onClick={onDone}>{t('done')}</Button>
      </DialogButtons>
    </>
  );
}
