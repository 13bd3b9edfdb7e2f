import { type Invitation, postAuthInvitationsAccept, postAuthInvitationsLook } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { beginSession, client, serverQuery } from '../../session/index.ts';
import { Form, TextField, useServerForm } from '../../ui/form/index.ts';
import { Banner, definePage, Loaded } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { useLinkToken } from './link-token.ts';
import { OutsideHead } from './outside-head.tsx';
import { signInWords } from './words/index.ts';

/** Opened from the letter, or from a link that was copied: who invites, and a password of one's own. */
function AcceptInvitationPage(): ReactNode {
  const t = useWords(signInWords);
  const token = useLinkToken();
  if (token !== undefined) return <Invited key={token} token={token} />;
  return (
    <>
      <OutsideHead title={t('acceptTitle')} />
      <Banner kind="warning">{t('linkMissing')}</Banner>
    </>
  );
}

function Invited({ token }: { token: string }): ReactNode {
  const t = useWords(signInWords);
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => postAuthInvitationsLook({ client, body: { token } }),
    retry: false,
  });
  return (
    <>
      <OutsideHead title={t('acceptTitle')} />
      <Loaded query={invitation}>{(found) => <Accept token={token} invitation={found} />}</Loaded>
    </>
  );
}

function Accept({ token, invitation }: { token: string; invitation: Invitation }): ReactNode {
  const t = useWords(signInWords);
  const navigate = useNavigate();
  const { data: server } = useQuery(serverQuery);
  const lengthMin = server?.password.lengthMin ?? 8;
  const form = useServerForm({
    defaults: { name: invitation.name, password: '' },
    send: async (body) => {
      const headers = { 'x-session': 'cookie' };
      await beginSession(await postAuthInvitationsAccept({ client, body: { ...body, token }, headers }));
      await navigate({ to: '/' });
    },
  });
  const { organizationName: organization, roleName: role, email } = invitation;
  return (
    <>
      <p>{t('acceptHint', { organization, role, email })}</p>
      <Form of={form} button={t('join')}>
        <TextField of={form} name="name" autoComplete="name" label={t('name')} maxLength={200} />
        <TextField
          of={form}
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={lengthMin}
          label={t('password')}
          hint={t('passwordHint', { count: lengthMin })}
        />
      </Form>
    </>
  );
}

export const page = definePage({
  component: AcceptInvitationPage,
  words: [signInWords],
  load: ({ cache }) => void cache.prefetchQuery(serverQuery),
});
