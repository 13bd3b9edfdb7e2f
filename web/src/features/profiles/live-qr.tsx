import { type Profile, postProfileConnect } from '@multiwa/sdk';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { client } from '../../session/index.ts';
import { Button } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { useSecondsLeft } from './countdown.ts';
import { QrPicture } from './qr-picture.tsx';
import { qrQuery } from './queries.ts';
import { profilesWords } from './words/index.ts';

/** The code of now. Each new one comes by the socket and takes the place of the one before. */
export function LiveQr({
  profile,
  isLarge = false,
}: {
  profile: Pick<Profile, 'id' | 'status'>;
  isLarge?: boolean;
}): ReactNode {
  const t = useWords(profilesWords);
  const { data: code } = useQuery({ ...qrQuery(profile.id), enabled: profile.status === 'qr' });
  const left = useSecondsLeft(code?.expiresAt);
  const renew = useMutation({ mutationFn: () => postProfileConnect({ client, path: { id: profile.id } }) });
  if (!code?.qr) return <QrPicture isLarge={isLarge} words={t('link.wait')} />;
  const isOver = left === 0;
  return (
    <QrPicture
      picture={code.qr}
      isLarge={isLarge}
      left={left}
      words={isOver ? t('link.expired') : left === undefined ? '' : t('link.left', { count: left })}
      act={
        isOver && (
          <Button size="small" isBusy={renew.isPending} onClick={() => renew.mutate()}>
            {t('link.newCode')}
          </Button>
        )
      }
    />
  );
}
