import { postAuth2FaVerify, type SecondFactorDue, type TokenResponse } from '@multiwa/sdk';
import type { ReactNode } from 'react';
import { client } from '../../session/index.ts';
import { Form, TextField, useServerForm } from '../../ui/form/index.ts';
import { Button } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { OutsideHead } from './outside-head.tsx';
import { signInWords } from './words/index.ts';

/** The second step in place of the first: a code of the app, or one of the backup codes. */
export function SecondStep({
  due,
  onDone,
  onBack,
}: {
  due: SecondFactorDue;
  onDone: (answer: TokenResponse) => Promise<void>;
  onBack: () => void;
}): ReactNode {
  const t = useWords(signInWords);
  const form = useServerForm({
    defaults: { token: '' },
    send: async ({ token }) => {
      const { userId, challenge } = due;
      const body = { userId, challenge, token: token.replaceAll(/\s/g, '') };
      await onDone(await postAuth2FaVerify({ client, body, headers: { 'x-session': 'cookie' } }));
    },
  });
  return (
    <>
      <OutsideHead title={t('signIn')} />
      <Form
        of={form}
        button={t('continue')}
        more={
          <Button kind="quiet" onClick={onBack}>
            {t('back')}
          </Button>
        }
      >
        <TextField
          of={form}
          name="token"
          label={t('code')}
          hint={t('codeHint')}
          autoComplete="one-time-code"
          autoFocus
          isMono
        />
      </Form>
    </>
  );
}
