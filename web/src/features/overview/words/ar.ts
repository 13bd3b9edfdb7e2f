import type { Translated } from '../../../words/index.ts';
import type { words as english } from './en.ts';

export const words: Translated<typeof english, 'ar'> = {
  title: 'نظرة عامة',
  profiles: 'الملفات',
  none: 'لا ملفات بعد',
  noneHint: 'الملف هو حساب WhatsApp يصله هذا الخادم.',
  attention: 'يحتاج إليك',
  attentionHint: 'ملفات لا تعود من تلقاء نفسها، وwebhooks تفشل.',
  calm: 'لا شيء يحتاج إليك الآن.',
  since: 'منذ {{when}}',
  webhookOff: 'أُوقف بعد فشله',
  webhookFailing: 'يفشل',
  more_zero: 'ولا شيء غيرها',
  more_one: 'وواحد آخر',
  more_two: 'واثنان آخران',
  more_few: 'و{{count}} أخرى',
  more_many: 'و{{count}} أخرى',
  more_other: 'و{{count}} أخرى',
  conversations: 'المحادثات',
  unread: 'غير مقروءة',
  mine: 'لي',
  unassigned: 'غير مُسندة',
  figures: 'الرسائل',
  today: 'اليوم',
  total: 'الإجمالي',
  contacts: 'جهات الاتصال',
};
