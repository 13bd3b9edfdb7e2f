import type { Translated } from '../catalogue.ts';
import type { words as english } from './en.ts';

export const words: Translated<typeof english, 'pt'> = {
  copy: 'Copiar',
  copied: 'Copiado',
  close: 'Fechar',
  notices: 'Avisos',
  cancel: 'Cancelar',
  save: 'Salvar',
  saved: 'Salvo',
  undo: 'Desfazer',
  more: 'Mais',
  again: 'Tentar de novo',
  againIn_one: 'Tentar de novo em {{count}} segundo',
  againIn_many: 'Tentar de novo em {{count}} segundos',
  againIn_other: 'Tentar de novo em {{count}} segundos',
  request: 'Requisição',
  aged: 'Não foi possível atualizar. Estes dados são das {{time}}.',
  choose: 'Selecionar esta linha',
  chooseAll: 'Selecionar todas as linhas',
  field: {
    optional: '(opcional)',
    missing: 'Este campo é obrigatório.',
    email: 'Este não é um endereço de e-mail.',
    url: 'Este não é um endereço da web. Ele começa com http:// ou https://.',
    short_one: 'É preciso ter pelo menos {{count}} caractere.',
    short_many: 'É preciso ter pelo menos {{count}} caracteres.',
    short_other: 'É preciso ter pelo menos {{count}} caracteres.',
  },
  confirm: { type: 'Digite “{{name}}” para confirmar' },
  list: { next: 'Próxima linha', before: 'Linha anterior', range: 'Selecionar todas as linhas até aqui' },
};
