import type { Translated } from '../../../words/index.ts';
import type { words as english } from './en.ts';

export const words: Translated<typeof english, 'pt'> = {
  title: 'Visão geral',
  profiles: 'Perfis',
  none: 'Nenhum perfil ainda',
  noneHint: 'Um perfil é uma conta do WhatsApp que este servidor conecta.',
  attention: 'Precisa de você',
  attentionHint: 'Perfis que não voltam sozinhos e webhooks que falham.',
  calm: 'Nada precisa de você agora.',
  since: 'desde {{when}}',
  webhookOff: 'Desligado após falhar',
  webhookFailing: 'Falhando',
  more_one: 'e mais {{count}}',
  more_many: 'e mais {{count}}',
  more_other: 'e mais {{count}}',
  conversations: 'Conversas',
  unread: 'Não lidas',
  mine: 'Minhas',
  unassigned: 'Sem responsável',
  figures: 'Mensagens',
  today: 'Hoje',
  total: 'No total',
  contacts: 'Contatos',
};
