/** What somebody says by one word: to be written to no more, not even on other business, or again. */
export type Wish = 'stop' | 'stop-all' | 'start';

interface Language {
  stop: readonly string[];
  start: readonly string[];
  /** Told once to whoever said stop. */
  confirms: string;
}

const english: Language = {
  stop: [
    'stop',
    'unsubscribe',
    'quit',
    'cancel',
    'end',
    'opt out',
    'optout',
    'opt-out',
    'remove me',
    'stop promo',
  ],
  start: ['start', 'unstop', 'subscribe', 'opt in', 'opt-in', 'optin'],
  confirms: 'You will get no more offers from us. Write START to get them again.',
};

/** By language; what a word means is the same for whoever says it. */
const languages: readonly Language[] = [
  english,
  {
    stop: ['berhenti', 'stop promosi', 'jangan kirim lagi', 'berhenti langganan', 'hentikan'],
    start: ['mulai', 'langganan', 'berlangganan'],
    confirms: 'Anda tidak akan menerima penawaran dari kami lagi. Ketik MULAI untuk menerimanya kembali.',
  },
  {
    stop: ['baja', 'darme de baja', 'dar de baja', 'parar', 'cancelar', 'alto', 'detener', 'no más mensajes'],
    start: ['alta', 'iniciar', 'comenzar', 'suscribir', 'suscribirme'],
    confirms: 'No recibirá más ofertas nuestras. Escriba ALTA para volver a recibirlas.',
  },
  {
    stop: ['sair', 'pare', 'descadastrar', 'cancelar inscrição', 'remover'],
    start: ['voltar', 'começar', 'inscrever'],
    confirms: 'Você não receberá mais nossas ofertas. Escreva VOLTAR para receber de novo.',
  },
  {
    stop: ['arrêt', 'arret', 'arrêter', 'arreter', 'désabonner', 'desabonner', 'désinscrire', 'stop pub'],
    start: ['démarrer', 'demarrer', 'abonner', 'reprendre'],
    confirms: 'Vous ne recevrez plus nos offres. Écrivez REPRENDRE pour les recevoir à nouveau.',
  },
  {
    stop: ['stopp', 'abmelden', 'abbestellen', 'austragen', 'ende', 'keine werbung'],
    start: ['anmelden', 'weiter'],
    confirms: 'Sie bekommen von uns keine Angebote mehr. Schreiben Sie ANMELDEN, um sie wieder zu bekommen.',
  },
  {
    stop: ['cancellami', 'disiscrivi', 'disiscrivimi', 'annulla iscrizione', 'basta'],
    start: ['iscrivi', 'iscrivimi', 'inizia'],
    confirms: 'Non riceverà più le nostre offerte. Scriva INIZIA per riceverle di nuovo.',
  },
  {
    stop: ['afmelden', 'uitschrijven', 'stoppen'],
    start: ['aanmelden', 'inschrijven'],
    confirms: 'U krijgt geen aanbiedingen meer van ons. Schrijf AANMELDEN om ze weer te krijgen.',
  },
  {
    stop: ['wypisz', 'rezygnuję', 'rezygnuje', 'zatrzymaj'],
    start: ['zapisz', 'wznów'],
    confirms: 'Nie będziesz już otrzymywać naszych ofert. Napisz ZAPISZ, aby znów je otrzymywać.',
  },
  {
    stop: ['dur', 'iptal', 'abonelikten çık', 'ret', 'çık'],
    start: ['başla', 'abone ol'],
    confirms: 'Artık sizden teklif gönderilmeyecek. Yeniden almak için BAŞLA yazın.',
  },
  {
    stop: ['стоп', 'отписаться', 'отписка', 'отпишите', 'хватит'],
    start: ['старт', 'подписаться'],
    confirms: 'Вы больше не будете получать наши предложения. Напишите СТАРТ, чтобы получать их снова.',
  },
  {
    stop: ['відписатися', 'відписка', 'зупинити'],
    start: ['почати', 'підписатися'],
    confirms: 'Ви більше не отримуватимете наших пропозицій. Напишіть ПОЧАТИ, щоб отримувати їх знову.',
  },
  {
    stop: ['إلغاء', 'إيقاف', 'توقف', 'الغاء', 'ايقاف', 'إلغاء الاشتراك', 'قف'],
    start: ['ابدأ', 'اشتراك', 'ابدا'],
    confirms: 'لن تصلك عروض منا بعد الآن. اكتب ابدأ لتصلك من جديد.',
  },
  {
    stop: ['توقف ارسال', 'لغو', 'لغو اشتراک'],
    start: ['شروع'],
    confirms: 'دیگر پیشنهادی از ما دریافت نخواهید کرد. برای دریافت دوباره بنویسید: شروع',
  },
  {
    stop: ['הסר', 'הסרה', 'עצור', 'הפסק'],
    start: ['התחל', 'הצטרף'],
    confirms: 'לא יישלחו אליך עוד הצעות. כדי לקבל שוב, יש לכתוב התחל.',
  },
  {
    stop: ['रोकें', 'बंद करो', 'बंद करें', 'रुकें', 'बंद'],
    start: ['शुरू', 'शुरू करें'],
    confirms: 'अब आपको हमारे ऑफ़र नहीं मिलेंगे। फिर से पाने के लिए लिखें: शुरू',
  },
  {
    stop: ['বন্ধ', 'বন্ধ করুন', 'থামুন'],
    start: ['শুরু'],
    confirms: 'আপনি আর আমাদের অফার পাবেন না। আবার পেতে লিখুন: শুরু',
  },
  {
    stop: ['退订', '退訂', '取消订阅', '取消訂閱', '停止', 'td'],
    start: ['订阅', '訂閱', '恢复', '恢復'],
    confirms: '您将不再收到我们的优惠信息。回复“订阅”可重新接收。',
  },
  {
    stop: ['配信停止', '解除', '登録解除', 'ストップ'],
    start: ['再開', '登録'],
    confirms: '今後、お知らせはお送りしません。再開する場合は「再開」とお送りください。',
  },
  {
    stop: ['수신거부', '수신 거부', '중지', '그만'],
    start: ['수신동의', '시작'],
    confirms: '더 이상 광고 메시지를 보내지 않습니다. 다시 받으시려면 "시작"이라고 보내 주세요.',
  },
  {
    stop: ['ยกเลิก', 'หยุด'],
    start: ['เริ่ม', 'สมัคร'],
    confirms: 'คุณจะไม่ได้รับข้อเสนอจากเราอีก พิมพ์ เริ่ม เพื่อรับอีกครั้ง',
  },
  {
    stop: ['dừng', 'hủy', 'huỷ', 'hủy đăng ký', 'ngừng'],
    start: ['bắt đầu', 'đăng ký'],
    confirms: 'Quý khách sẽ không nhận ưu đãi của chúng tôi nữa. Soạn BẮT ĐẦU để nhận lại.',
  },
  {
    stop: ['acha', 'sitisha', 'ondoa'],
    start: ['anza', 'jiunge'],
    confirms: 'Hutapokea matangazo yetu tena. Andika ANZA ili kuyapokea tena.',
  },
];

const ofEverything = [
  'stop all',
  'stopall',
  'unsubscribe all',
  'stop everything',
  'berhenti semua',
  'baja total',
];

const lengthMax = 40;

/**
 * A text as it is compared: without case, invisible characters, doubled spaces and what stands at its end; empty for one that
 * is too long for such a word.
 */
export function plainWord(text: string): string {
  if (text.length > 3 * lengthMax) return '';
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    // The Turkish capital İ becomes an i with a dot more.
    .replace(/i\u0307/g, 'i')
    .replace(/\p{Cf}/gu, '')
    .trim()
    .replace(/\s+/gu, ' ')
    .replace(/[\p{P}\p{S}\s]{1,120}$/u, '');
  return plain.length <= lengthMax ? plain : '';
}

const wishes = new Map<string, { wish: Wish; confirms: string }>();
for (const { stop, start, confirms } of languages.toReversed()) {
  for (const word of start) wishes.set(plainWord(word), { wish: 'start', confirms });
  for (const word of stop) wishes.set(plainWord(word), { wish: 'stop', confirms });
}
for (const word of ofEverything) wishes.set(word, { wish: 'stop-all', confirms: english.confirms });

/** Words that a profile has of its own. */
interface OwnWords {
  stop: readonly string[];
  start: readonly string[];
}

/** What a whole message wishes, and what to tell who said it; undefined for any other message. */
export function wishOf(text: string, own?: OwnWords): { wish: Wish; confirms: string } | undefined {
  const word = plainWord(text);
  if (word === '') return undefined;
  const { confirms } = english;
  if (own?.stop.includes(word)) return { wish: 'stop', confirms };
  if (own?.start.includes(word)) return { wish: 'start', confirms };
  return wishes.get(word);
}
