import type { Translated } from '../../../words/index.ts';
import type { words as english } from './en.ts';

export const words: Translated<typeof english, 'es'> = {
  title: 'Resumen',
  profiles: 'Perfiles',
  none: 'Aún no hay perfiles',
  noneHint: 'Un perfil es una cuenta de WhatsApp que este servidor conecta.',
  attention: 'Te necesita',
  attentionHint: 'Perfiles que no vuelven por sí solos y webhooks que fallan.',
  calm: 'Ahora nada te necesita.',
  since: 'desde {{when}}',
  webhookOff: 'Desactivado tras fallar',
  webhookFailing: 'Fallando',
  more_one: 'y {{count}} más',
  more_many: 'y {{count}} más',
  more_other: 'y {{count}} más',
  conversations: 'Conversaciones',
  unread: 'Sin leer',
  mine: 'Mías',
  unassigned: 'Sin asignar',
  figures: 'Mensajes',
  today: 'Hoy',
  total: 'En total',
  contacts: 'Contactos',
};
