import type { Translated } from '../catalogue.ts';
import type { words as english } from './en.ts';

export const words: Translated<typeof english, 'id'> = {
  copy: 'Salin',
  copied: 'Tersalin',
  close: 'Tutup',
  notices: 'Pemberitahuan',
  cancel: 'Batal',
  save: 'Simpan',
  saved: 'Tersimpan',
  undo: 'Urungkan',
  more: 'Lainnya',
  again: 'Coba lagi',
  againIn_other: 'Coba lagi dalam {{count}} detik',
  request: 'Permintaan',
  aged: 'Data ini tidak dapat dimuat ulang. Ini dari pukul {{time}}.',
  choose: 'Pilih baris ini',
  chooseAll: 'Pilih semua baris',
  field: {
    optional: '(opsional)',
    missing: 'Wajib diisi.',
    email: 'Ini bukan alamat email.',
    url: 'Ini bukan alamat web. Alamat diawali http:// atau https://.',
    short_other: 'Minimal {{count}} karakter.',
  },
  confirm: { type: 'Ketik “{{name}}” untuk mengonfirmasi' },
  list: { next: 'Baris berikutnya', before: 'Baris sebelumnya', range: 'Pilih semua baris sampai sini' },
};
