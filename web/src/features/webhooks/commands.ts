import {
  type CreateWebhook,
  deleteWebhookById,
  postWebhookDeliveryReplay,
  postWebhookReplay,
  postWebhookReplayStop,
  postWebhookRotateSecret,
  postWebhooks,
  postWebhookTest,
  putWebhookById,
  type RotateSecret,
  type StartWebhookReplay,
  type UpdateWebhook,
} from '@multiwa/sdk';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../session/index.ts';
import { say, sayProblem } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { changeReceiver, newReceiver, receiverOf } from './receivers.ts';
import { webhooksWords } from './words/index.ts';

function useReadAnew(id?: string): () => Promise<void> {
  const cache = useQueryClient();
  return async () => {
    const names = id === undefined ? [[]] : [['list'], ['all'], ['receivers'], [id]];
    await Promise.all(names.map((name) => cache.invalidateQueries({ queryKey: ['webhooks', ...name] })));
  };
}

/** Makes a webhook. A receiver in the sandbox is told the secret, so that it can judge signatures. */
export function useMakeWebhook() {
  const readAnew = useReadAnew();
  return useMutation({
    mutationFn: async (body: CreateWebhook) => {
      const made = await postWebhooks({ client, body });
      const receiver = receiverOf(made.url);
      if (receiver !== undefined) await changeReceiver(receiver, { secret: made.secret, answer: 200 });
      return made;
    },
    gcTime: 0,
    onSuccess: readAnew,
  });
}

/** A webhook to a receiver of its own, which hears everything. */
export function useMakeReceiver() {
  const make = useMakeWebhook();
  return useMutation({
    mutationFn: () => make.mutateAsync({ url: newReceiver(), events: ['*'] }),
    gcTime: 0,
    onError: sayProblem,
  });
}

export function useChangeWebhook(id: string) {
  const readAnew = useReadAnew(id);
  return useMutation({
    mutationFn: (body: UpdateWebhook) => putWebhookById({ client, path: { id }, body }),
    onSuccess: readAnew,
  });
}

/** Deletes it; the page that shows it is left before others are read anew, so that it does not ask for what is gone. */
export function useDeleteWebhook(leave: () => Promise<void>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => deleteWebhookById({ client, path: { id } }),
    onSuccess: async () => {
      await leave();
      await cache.invalidateQueries({ queryKey: ['webhooks', 'list'] });
    },
  });
}

/** Posts a test event and says what came back. */
export function useTestWebhook(id: string) {
  const readAnew = useReadAnew(id);
  return useMutation({
    mutationFn: () => postWebhookTest({ client, path: { id } }),
    onSettled: readAnew,
    onError: sayProblem,
  });
}

export function useRotateSecret(id: string, url: string) {
  const readAnew = useReadAnew(id);
  return useMutation({
    mutationFn: async (body: RotateSecret) => {
      const made = await postWebhookRotateSecret({ client, path: { id }, body });
      const receiver = receiverOf(url);
      if (receiver !== undefined) await changeReceiver(receiver, { secret: made.secret });
      return made;
    },
    gcTime: 0,
    onSuccess: readAnew,
  });
}

/** Sends some deliveries once more, one after the other. */
export function useSendAgain() {
  const t = useWords(webhooksWords);
  const readAnew = useReadAnew();
  return useMutation({
    mutationFn: async (deliveries: readonly { webhookId: string; id: string }[]) => {
      for (const { webhookId, id } of deliveries) {
        await postWebhookDeliveryReplay({ client, path: { id: webhookId, deliveryId: id } });
      }
      return deliveries.length;
    },
    onSuccess: (count) => say(t('sentAgain', { count })),
    onSettled: readAnew,
    onError: sayProblem,
  });
}

export function useStartReplay(id: string) {
  const readAnew = useReadAnew(id);
  return useMutation({
    mutationFn: (body: StartWebhookReplay) => postWebhookReplay({ client, path: { id }, body }),
    onSuccess: readAnew,
  });
}

export function useStopReplay(id: string) {
  const readAnew = useReadAnew(id);
  return useMutation({
    mutationFn: (replayId: string) => postWebhookReplayStop({ client, path: { id, replayId } }),
    onSuccess: readAnew,
    onError: sayProblem,
  });
}

/** What the receiver in the sandbox answers from now on. */
export function useChangeReceiver(name: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (answer: number) => changeReceiver(name, { answer }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['webhooks', 'receivers', name] }),
    onError: sayProblem,
  });
}
