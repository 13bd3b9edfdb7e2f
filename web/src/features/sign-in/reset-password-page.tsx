import { postAuthForgotPassword, postAuthResetPassword } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { client, serverQuery } from '../../session/index.ts';
import { Form, TextField, useServerForm } from '../../ui/form/index.ts';
import { Banner, definePage, Loaded, ProblemLine } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { isGone, useLinkToken } from './link-token.ts';
import { OutsideHead } from './outside-head.tsx';
import { signInWords } from './words/index.ts';

/** Asks for a letter; opened from the letter it takes the new password. */
function ResetPasswordPage(): ReactNode {
  const t = useWords(signInWords);
  const token = useLinkToken();
  const server = useQuery(serverQuery);
  return (
    <>
      <OutsideHead title={t('resetTitle')} />
      <Loaded query={server}>
        {({ mail, password }) =>
          token !== undefined ? (
            <NewPassword key={token} token={token} lengthMin={password.lengthMin} mail={mail} />
          ) : (
            <AskForLetter mail={mail} />
          )
        }
      </Loaded>
      <p>
        <Link to="/sign-in">{t('signIn')}</Link>
      </p>
    </>
  );
}

function AskForLetter({ mail, isNext = false }: { mail: boolean; isNext?: boolean }): ReactNode {
  const t = useWords(signInWords);
  const [isSent, setSent] = useState(false);
  const form = useServerForm({
    defaults: { email: '' },
    send: async (body) => {
      await postAuthForgotPassword({ client, body });
      setSent(true);
    },
  });
  if (!mail) return <Banner kind="warning">{t('resetNoMail')}</Banner>;
  // Whether there is an account it does not tell.
  if (isSent) return <Banner>{t('resetHint')}</Banner>;
  return (
    <Form of={form} button={t('send')}>
      <TextField
        of={form}
        name="email"
        type="email"
        autoComplete="username"
        autoFocus={isNext}
        label={t('email')}
        hint={t('resetAsk')}
      />
    </Form>
  );
}

function NewPassword({
  token,
  lengthMin,
  mail,
}: {
  token: string;
  lengthMin: number;
  mail: boolean;
}): ReactNode {
  const t = useWords(signInWords);
  const [isSet, setSet] = useState(false);
  const form = useServerForm({
    defaults: { newPassword: '' },
    send: async ({ newPassword }) => {
      await postAuthResetPassword({ client, body: { token, newPassword } });
      setSet(true);
    },
  });
  if (isSet) return <Banner>{t('passwordSet')}</Banner>;
  if (isGone(form.problem)) {
    return (
      <>
        <ProblemLine error={form.problem} />
        <AskForLetter mail={mail} isNext />
      </>
    );
  }
  return (
    <Form of={form} button={t('setPassword')}>
      <TextField
        of={form}
        name="newPassword"
        type="password"
        autoComplete="new-password"
        minLength={lengthMin}
        label={t('newPassword')}
        hint={t('passwordHint', { count: lengthMin })}
      />
    </Form>
  );
}

export const page = definePage({
  component: ResetPasswordPage,
  words: [signInWords],
  load: ({ cache }) => void cache.prefetchQuery(serverQuery),
});
