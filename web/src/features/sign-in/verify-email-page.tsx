import { postAuthVerifyEmail } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { client, readPerson, sessionState } from '../../session/index.ts';
import { Banner, ButtonLink, definePage, Loaded } from '../../ui/index.ts';
import { sentenceOf, useWords } from '../../words/index.ts';
import { isGone, useLinkToken } from './link-token.ts';
import { OutsideHead } from './outside-head.tsx';
import { signInWords } from './words/index.ts';

/** Opened from the letter: the address is confirmed by opening it. */
function VerifyEmailPage(): ReactNode {
  const t = useWords(signInWords);
  const token = useLinkToken();
  return (
    <>
      <OutsideHead title={t('verifyTitle')} />
      {token === undefined ? <Banner kind="warning">{t('linkMissing')}</Banner> : <Verified token={token} />}
      <div>
        <ButtonLink to="/">{t('toPage')}</ButtonLink>
      </div>
    </>
  );
}

function Verified({ token }: { token: string }): ReactNode {
  const t = useWords(signInWords);
  const verified = useQuery({
    // The link is good once, so it is used once, however often this is drawn.
    queryKey: ['verify-email', token],
    queryFn: async () => {
      const answer = await postAuthVerifyEmail({ client, body: { token } });
      if (sessionState().person) await readPerson();
      return answer;
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (isGone(verified.error)) {
    return (
      <Banner
        kind="failed"
        actions={
          <ButtonLink size="small" to="/account/profile">
            {t('askAgain')}
          </ButtonLink>
        }
      >
        {sentenceOf(verified.error)}
      </Banner>
    );
  }
  return <Loaded query={verified}>{() => <Banner>{t('verified')}</Banner>}</Loaded>;
}

export const page = definePage({ component: VerifyEmailPage, words: [signInWords] });
