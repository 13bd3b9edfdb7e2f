import type { Translated } from '../../../words/index.ts';
import type { words as english } from './en.ts';

export const words: Translated<typeof english, 'id'> = {
  title: 'Ikhtisar',
  profiles: 'Profil',
  none: 'Belum ada profil',
  noneHint: 'Profil adalah akun WhatsApp yang dihubungkan server ini.',
  attention: 'Perlu Anda',
  attentionHint: 'Profil yang tidak pulih sendiri, dan webhook yang gagal.',
  calm: 'Saat ini tidak ada yang perlu Anda.',
  since: 'sejak {{when}}',
  webhookOff: 'Dimatikan setelah gagal',
  webhookFailing: 'Gagal',
  more_other: 'dan {{count}} lagi',
  conversations: 'Percakapan',
  unread: 'Belum dibaca',
  mine: 'Milik saya',
  unassigned: 'Belum ditugaskan',
  figures: 'Pesan',
  today: 'Hari ini',
  total: 'Seluruhnya',
  contacts: 'Kontak',
};
