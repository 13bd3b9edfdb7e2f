import type { Translated } from '../catalogue.ts';
import type { words as english } from './en.ts';

export const words: Translated<typeof english, 'es'> = {
  copy: 'Copiar',
  copied: 'Copiado',
  close: 'Cerrar',
  notices: 'Avisos',
  cancel: 'Cancelar',
  save: 'Guardar',
  saved: 'Guardado',
  undo: 'Deshacer',
  more: 'Más',
  again: 'Intentar de nuevo',
  againIn_one: 'Intentar de nuevo en {{count}} segundo',
  againIn_many: 'Intentar de nuevo en {{count}} segundos',
  againIn_other: 'Intentar de nuevo en {{count}} segundos',
  request: 'Solicitud',
  aged: 'No se pudo actualizar. Estos datos son de las {{time}}.',
  choose: 'Seleccionar esta fila',
  chooseAll: 'Seleccionar todas las filas',
  field: {
    optional: '(opcional)',
    missing: 'Este campo es necesario.',
    email: 'Esto no es una dirección de correo.',
    url: 'Esto no es una dirección web. Empieza por http:// o https://.',
    short_one: 'Se necesita al menos {{count}} carácter.',
    short_many: 'Se necesitan al menos {{count}} caracteres.',
    short_other: 'Se necesitan al menos {{count}} caracteres.',
  },
  confirm: { type: 'Escribe «{{name}}» para confirmar' },
  list: { next: 'Fila siguiente', before: 'Fila anterior', range: 'Seleccionar todas las filas hasta aquí' },
};
