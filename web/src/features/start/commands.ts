import { postProfileConnect, postProfiles } from '@multiwa/sdk';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { client } from '../../session/index.ts';
import { useWords } from '../../words/index.ts';
import { network, newNumber } from '../sandbox/index.ts';
import { startWords } from './words/index.ts';

/** A profile and two phones of the sandbox: its own, and that of a customer. */
export function useTrySandbox() {
  const t = useWords(startWords);
  const navigate = useNavigate();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const [phone, customer] = [newNumber(), newNumber()];
      const [{ id }] = await Promise.all([
        postProfiles({ client, body: { name: t('shop'), engine: 'sandbox' } }),
        network.addPhone(phone, t('shop')),
        network.addPhone(customer, t('customer')),
      ]);
      await postProfileConnect({ client, path: { id } });
      void cache.invalidateQueries({ queryKey: ['profiles'] });
      await navigate({ to: '/start', search: { id, phone, customer } });
    },
  });
}

/** A profile for the person's own phone. */
export function useLinkOwn() {
  const t = useWords(startWords);
  const navigate = useNavigate();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const { id } = await postProfiles({ client, body: { name: t('mine'), engine: 'baileys' } });
      await postProfileConnect({ client, path: { id } });
      void cache.invalidateQueries({ queryKey: ['profiles'] });
      await navigate({ to: '/start', search: { id } });
    },
  });
}
