import { postProfileConnect, postProfiles } from '@multiwa/sdk';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { client, serverQuery, useMay } from '../../session/index.ts';
import { Form, SelectField, TextField, useServerForm } from '../../ui/form/index.ts';
import { definePage, Loaded, Page, Panel, sayProblem } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { labelsIn } from './labels.ts';
import { workspacesQuery } from './queries.ts';
import { profilesWords } from './words/index.ts';

function NewProfilePage(): ReactNode {
  const t = useWords(profilesWords);
  const server = useQuery(serverQuery);
  return (
    <Page title={t('form.title')} hint={t('form.hint')} width="narrow">
      <Panel>
        <Loaded query={server}>
          {({ engines }) => <NewProfileForm engines={engines.filter((each) => each !== 'mock')} />}
        </Loaded>
      </Panel>
    </Page>
  );
}

const known = ['baileys', 'sandbox'] as const;

function NewProfileForm({ engines }: { engines: string[] }): ReactNode {
  const t = useWords(profilesWords);
  const navigate = useNavigate();
  const cache = useQueryClient();
  const may = useMay();
  const { data: workspaces = [] } = useQuery({ ...workspacesQuery, enabled: may('workspace:read') });
  const offered = known.filter((engine) => engines.includes(engine));
  const form = useServerForm({
    defaults: { name: '', engine: offered[0] ?? 'baileys', phone: '', labels: '', workspaceId: '' },
    send: async ({ name, engine, phone, labels, workspaceId }) => {
      const { id } = await postProfiles({
        client,
        body: {
          ...{ name, engine, labels: labelsIn(labels) },
          ...(phone.trim() && { phone }),
          ...(workspaceId && { workspaceId }),
        },
      });
      void cache.invalidateQueries({ queryKey: ['profiles', 'list'] });
      void cache.invalidateQueries({ queryKey: ['profiles', 'counts'] });
      // It is there now, whatever becomes of connecting it: its page says so.
      if (may('profile:connect')) await postProfileConnect({ client, path: { id } }).catch(sayProblem);
      await navigate({ to: '/profiles/$id', params: { id }, replace: true });
    },
  });
  return (
    <Form of={form} button={t('form.create')}>
      <TextField of={form} name="name" label={t('form.name')} hint={t('form.nameHint')} maxLength={200} />
      {offered.length > 1 && (
        <SelectField
          of={form}
          name="engine"
          label={t('form.engine')}
          choices={offered.map((value) => ({ value, label: t(`form.${value}`) }))}
        />
      )}
      {workspaces.length > 1 && (
        <SelectField
          of={form}
          name="workspaceId"
          label={t('form.workspace')}
          choices={workspaces.map(({ id, name }, index) => ({ value: index === 0 ? '' : id, label: name }))}
        />
      )}
      <TextField
        of={form}
        name="phone"
        type="tel"
        dir="ltr"
        label={t('form.phone')}
        hint={t('form.phoneHint')}
        isOptional
      />
      <TextField of={form} name="labels" label={t('edit.labels')} hint={t('edit.labelsHint')} isOptional />
    </Form>
  );
}

export const page = definePage({
  component: NewProfilePage,
  words: [profilesWords],
  load: ({ cache }) => void cache.prefetchQuery(serverQuery),
});
