/** What people say who want to talk to a person: whole words, or part of the text where a script has no spaces. */
const words = [
  ...[
    'human',
    'real person',
    'speak to a person',
    'talk to a person',
    'talk to someone',
    'live agent',
    'an agent',
  ],
  ...['representative', 'customer service', 'operator', 'manager', 'supervisor'],
  ...[
    'orang asli',
    'manusia',
    'bicara dengan orang',
    'ngobrol dengan orang',
    'admin',
    'cs',
    'customer servis',
    'petugas',
  ],
  ...['una persona', 'persona real', 'humano', 'un agente', 'asesor', 'hablar con alguien', 'operador'],
  ...['uma pessoa', 'pessoa real', 'atendente', 'falar com alguém', 'um humano'],
  ...['une personne', 'un humain', 'un conseiller', 'parler à quelqu’un', "parler à quelqu'un"],
  ...['ein mensch', 'einem menschen', 'mitarbeiter', 'mitarbeiterin', 'jemandem sprechen'],
  ...['موظف', 'شخص حقيقي', 'خدمة العملاء', 'انسان', 'إنسان', 'ممثل'],
  ...['इंसान', 'किसी व्यक्ति से', 'एजेंट से बात', 'ग्राहक सेवा'],
  ...['оператор', 'живой человек', 'с человеком', 'менеджер', 'сотрудник'],
  ...['insan', 'temsilci', 'müşteri hizmetleri', 'yetkili'],
  ...[
    '人工',
    '真人',
    '客服',
    '转人工',
    '轉人工',
    '人と話',
    '担当者',
    'オペレーター',
    '상담원',
    '사람과',
    '상담사',
  ],
  ...['người thật', 'nhân viên', 'tư vấn viên', 'คุยกับคน', 'พนักงาน', 'เจ้าหน้าที่'],
];

const joined = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/u;
const accents = /(\p{sc=Latin})\p{M}+/gu;
/** Harakat and the stroke that stretches words say nothing else. */
const arabicMarks = /[\u0640\u064b-\u065f\u0670]/gu;

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(accents, '$1')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(arabicMarks, '')
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

const known = words.map(plain);

/** The first of the words that a text has, those of the profile before the usual ones. */
export function handOverWordIn(text: string, own: readonly string[] = []): string | undefined {
  const said = ` ${plain(text)} `;
  return [...own.map(plain), ...known].find(
    (word) => word !== '' && (joined.test(word) ? said.includes(word) : said.includes(` ${word} `)),
  );
}
