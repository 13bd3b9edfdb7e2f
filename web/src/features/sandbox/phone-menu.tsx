import { getProfileQr, type Profile } from '@multiwa/sdk';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Ellipsis, KeyRound, Link2Off, Power, RotateCcw, ScanLine, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { client } from '../../session/index.ts';
import {
  Button,
  Confirm,
  Dialog,
  DialogButtons,
  Field,
  Input,
  Menu,
  type MenuItem,
  ProblemLine,
  say,
  sayProblem,
} from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { network } from './network.ts';
import type { SandboxPhone } from './network.types.ts';
import styles from './phone.module.css';
import { waitingProfilesQuery } from './queries.ts';
import { sandboxWords } from './words/index.ts';

/** Has a phone scan the code that a profile shows now. */
async function scanCodeOf(profileId: string, number: string): Promise<void> {
  const { text } = await getProfileQr({ client, path: { id: profileId } });
  if (text) await network.scan(number, text);
}

/** What is done with a phone as a thing: linking, unlinking, switching off. */
export function PhoneMenu({
  phone,
  putAway,
}: {
  phone: SandboxPhone;
  putAway?: (() => void) | undefined;
}): ReactNode {
  const t = useWords(sandboxWords);
  const cache = useQueryClient();
  const [opened, setOpened] = useState<'code' | 'devices' | 'reinstall'>();
  const { data: waiting = [] } = useQuery(waitingProfilesQuery);
  const close = () => setOpened(undefined);
  const { number, online } = phone;
  const scan = async ({ id, name }: Profile) => {
    try {
      await scanCodeOf(id, number);
      say(t('phone.scanned', { name }));
    } catch (error) {
      sayProblem(error);
    }
    void cache.invalidateQueries({ queryKey: waitingProfilesQuery.queryKey });
  };
  const items: (MenuItem | null)[] = [
    ...waiting
      .filter(({ status }) => status === 'qr')
      .map((profile) => ({
        label: t('phone.scan', { name: profile.name }),
        icon: ScanLine,
        run: () => scan(profile),
      })),
    { label: t('phone.code'), icon: KeyRound, run: () => setOpened('code') },
    { label: t('phone.devices'), icon: Link2Off, run: () => setOpened('devices') },
    null,
    {
      label: online ? t('phone.switchOff') : t('phone.switchOn'),
      icon: Power,
      run: () => network.changePhone(number, { online: !online }).catch(sayProblem),
    },
    { label: t('phone.reinstall'), icon: RotateCcw, run: () => setOpened('reinstall') },
    ...(putAway ? [{ label: t('phone.away'), icon: X, run: putAway }] : []),
  ];
  return (
    <>
      <Menu trigger={<Button kind="quiet" icon={Ellipsis} label={t('phone.more')} />} items={items} />
      <EnterCode isOpen={opened === 'code'} number={number} onClose={close} />
      <Devices isOpen={opened === 'devices'} phone={phone} onClose={close} />
      <Confirm
        isOpen={opened === 'reinstall'}
        onClose={close}
        title={t('phone.reinstallTitle')}
        button={t('phone.reinstall')}
        act={() => network.reinstall(number)}
      >
        {t('phone.reinstallHint')}
      </Confirm>
    </>
  );
}

function EnterCode({
  isOpen,
  number,
  onClose,
}: {
  isOpen: boolean;
  number: string;
  onClose: () => void;
}): ReactNode {
  const t = useWords(sandboxWords);
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const enter = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await network.enterCode(number, code.trim());
      say(t('phone.entered'));
      setCode('');
      onClose();
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('phone.code')}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
      >
        <Field label={t('phone.codeLabel')}>
          {(ties) => (
            <Input
              {...ties}
              isMono
              autoFocus
              autoComplete="off"
              autoCapitalize="characters"
              value={code}
              onChange={({ target }) => setCode(target.value)}
            />
          )}
        </Field>
        {problem !== undefined && <ProblemLine error={problem} />}
        <DialogButtons>
          <Button type="submit" kind="main" isBusy={isBusy} isDisabled={code.trim().length < 8}>
            {t('phone.type')}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

function Devices({
  isOpen,
  phone: { number, devices },
  onClose,
}: {
  isOpen: boolean;
  phone: SandboxPhone;
  onClose: () => void;
}): ReactNode {
  const t = useWords(sandboxWords);
  const states = {
    active: t('phone.connected'),
    connecting: t('phone.connecting'),
    offline: t('phone.offlineDevice'),
  };
  const unlink = (device: number) =>
    network.unlink(number, device).then(() => say(t('phone.unlinked')), sayProblem);
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('phone.devices')}>
      {devices.length === 0 ? (
        <p>{t('phone.noDevices')}</p>
      ) : (
        <ul className={styles.people}>
          {devices.map(({ device, platform, state }) => (
            <li key={device} className={styles.device}>
              <span>
                <bdi>{platform || device}</bdi> <span className={styles.soft}>{states[state]}</span>
              </span>
              <Button size="small" onClick={() => unlink(device)}>
                {t('phone.unlink')}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
