import type { Profile } from '@multiwa/sdk';
import type { ReactNode } from 'react';
import { Form, TextField, useServerForm } from '../../ui/form/index.ts';
import { say } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { useChangeProfile } from './commands.ts';
import { labelsIn } from './labels.ts';
import { profilesWords } from './words/index.ts';

/** What people here call it, and the words it is found by. */
export function NameForm({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const change = useChangeProfile(profile.id);
  const form = useServerForm({
    defaults: { name: profile.name, labels: profile.labels.join(', ') },
    send: async ({ name, labels }) => {
      await change.mutateAsync({ name, labels: labelsIn(labels) });
      say(t('edit.saved'));
    },
  });
  return (
    <Form of={form} button={t('limits.save')} kind="plain">
      <TextField of={form} name="name" label={t('edit.name')} maxLength={200} />
      <TextField of={form} name="labels" label={t('edit.labels')} hint={t('edit.labelsHint')} isOptional />
    </Form>
  );
}
