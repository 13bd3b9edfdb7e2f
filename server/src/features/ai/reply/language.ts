/** Scripts that tell something about the language; those that a language mixes are one. */
const scripts: readonly (readonly [string, RegExp])[] = [
  ['east-asian', /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/gu],
  ['hangul', /\p{sc=Hangul}/gu],
  ['arabic', /\p{sc=Arabic}/gu],
  ['devanagari', /\p{sc=Devanagari}/gu],
  ['bengali', /\p{sc=Bengali}/gu],
  ['tamil', /\p{sc=Tamil}/gu],
  ['thai', /\p{sc=Thai}/gu],
  ['hebrew', /\p{sc=Hebrew}/gu],
  ['cyrillic', /\p{sc=Cyrillic}/gu],
  ['greek', /\p{sc=Greek}/gu],
  ['latin', /\p{sc=Latin}/gu],
];
const links = /https?:\/\/\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu;
const lettersMin = 20;
const candidates = 3;
/** Nobody tells these apart in a short message. */
const alike: Readonly<Record<string, string>> = { ms: 'id', nb: 'no', nn: 'no', hr: 'sr', bs: 'sr' };

const load = () => import('tinyld');
let loaded: ReturnType<typeof load> | undefined;

const wordsIn = (text: string) => text.replaceAll(links, ' ');
const lettersIn = (text: string) => wordsIn(text).match(/\p{L}/gu)?.length ?? 0;

/** The script that most letters of a text are of; undefined without letters. */
export function scriptOf(text: string): string | undefined {
  const words = wordsIn(text);
  const counts = scripts.map(([name, pattern]) => [name, words.match(pattern)?.length ?? 0] as const);
  const [name, count] = counts.reduce((top, one) => (one[1] > top[1] ? one : top), ['', 0]);
  return count > 0 ? name : undefined;
}

/** The languages that a text may be in, likeliest first, as tags; none for a short one. Loads 55 MB when first asked. */
async function languagesOf(text: string): Promise<string[]> {
  if (lettersIn(text) < lettersMin) return [];
  loaded ??= load();
  const { detectAll } = await loaded;
  return detectAll(wordsIn(text))
    .slice(0, candidates)
    .map(({ lang }) => alike[lang] ?? lang);
}

/** The likeliest language of a text, as a tag. */
export async function languageOf(text: string): Promise<string | undefined> {
  return (await languagesOf(text))[0];
}

/**
 * Whether an answer is in the language of what was said: in its script, and where both are long enough each may be the
 * other's. `wanted` is a tag that counts instead of what was said.
 */
export async function isSameLanguage(said: string, answer: string, wanted?: string): Promise<boolean> {
  if (wanted) {
    const [found = wanted, ...more] = await languagesOf(answer);
    const base = wanted.toLowerCase().split('-')[0] ?? wanted;
    return [found, ...more].includes(alike[base] ?? base);
  }
  const [before, after] = [scriptOf(said), scriptOf(answer)];
  if (!before || !after) return true;
  if (before !== after) return false;
  const [ofSaid, ofAnswer] = [await languagesOf(said), await languagesOf(answer)];
  const [likeliest] = ofAnswer;
  return (
    ofSaid.length === 0 ||
    likeliest === undefined ||
    ofSaid.includes(likeliest) ||
    ofAnswer.includes(ofSaid[0] ?? '')
  );
}

interface Phrases {
  readonly unknown: string;
  readonly machine: string;
}
const phrases: Readonly<Record<string, Phrases>> = {
  en: {
    unknown: 'I’m sorry, I don’t know that. A colleague will get back to you.',
    machine: 'This answer comes from an automatic assistant.',
  },
  id: {
    unknown: 'Maaf, saya tidak tahu soal itu. Rekan kami akan menghubungi Anda.',
    machine: 'Jawaban ini dari asisten otomatis.',
  },
  es: {
    unknown: 'Lo siento, eso no lo sé. Un compañero le responderá.',
    machine: 'Esta respuesta es de un asistente automático.',
  },
  pt: {
    unknown: 'Desculpe, isso eu não sei. Um colega vai responder.',
    machine: 'Esta resposta é de um assistente automático.',
  },
  fr: {
    unknown: 'Désolé, je ne le sais pas. Un collègue vous répondra.',
    machine: 'Cette réponse vient d’un assistant automatique.',
  },
  de: {
    unknown: 'Das weiß ich leider nicht. Eine Kollegin oder ein Kollege meldet sich.',
    machine: 'Diese Antwort kommt von einem automatischen Assistenten.',
  },
  ar: { unknown: 'عذرًا، لا أعرف ذلك. سيرد عليك أحد زملائنا.', machine: 'هذا الرد من مساعد آلي.' },
  hi: {
    unknown: 'क्षमा करें, मुझे यह नहीं पता। हमारा एक साथी आपसे संपर्क करेगा।',
    machine: 'यह उत्तर एक स्वचालित सहायक का है।',
  },
  ru: {
    unknown: 'К сожалению, я этого не знаю. Вам ответит сотрудник.',
    machine: 'Это ответ автоматического помощника.',
  },
  zh: { unknown: '抱歉，这个我不清楚，稍后会有同事回复您。', machine: '此回复来自自动助手。' },
};
const ofScript: Readonly<Record<string, string>> = {
  'east-asian': 'zh',
  arabic: 'ar',
  devanagari: 'hi',
  cyrillic: 'ru',
};

/** What is said without a model, in the language of what was said as far as there are words for it. */
export async function phrasesFor(said: string, wanted?: string): Promise<Phrases> {
  const script = scriptOf(said);
  const guess =
    wanted?.split('-')[0] ?? (script === 'latin' ? await languageOf(said) : ofScript[script ?? '']);
  const found = guess !== undefined && Object.hasOwn(phrases, guess) ? phrases[guess] : undefined;
  return found ?? (phrases.en as Phrases);
}
