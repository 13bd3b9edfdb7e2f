/** A question, and words of the chunk that answers it. */
export interface AnsweredQuestion {
  document: string;
  /** Stands in the chunk that answers. */
  says: string;
  asks: string;
}

const of = (document: string, questions: readonly (readonly [says: string, asks: string])[]) =>
  questions.map(([says, asks]): AnsweredQuestion => ({ document, says, asks }));

/** Six questions for each document, one for each of its sections, as customers ask. */
export const answered: readonly AnsweredQuestion[] = [
  ...of('en-bakery', [
    ['closed, but orders', 'are you open on sunday or closed?'],
    ['three days in advance', 'How long in advance must I order a cake for a birthday?'],
    ['separate oven', 'do you have any gluten free bread'],
    ['4 pounds', 'How much is the delivery charge?'],
    ['Cheques are not accepted', 'Can I pay with Mastercard or do you only take cash?'],
    ['50 loaves a week', 'We run a restaurant, is there a wholesale discount?'],
  ]),
  ...of('en-internet', [
    ['unplug it for 30 seconds', 'my internet connection is so slow since yesterday'],
    ['14 days before you move', 'I am moving to a new address next month, what about my contract?'],
    ['a reminder costs 5 pounds', 'what happens if I pay the bill late'],
    ['192.168.1.1', 'How do I change my wifi password? The wi-fi one'],
    ["one month's notice", 'I want to cancel my contract'],
    ['NL-4410', 'price of NL-4410'],
  ]),
  ...of('id-toko', [
    ['tutup selama lima hari', 'hari minggu buka jam berapa?'],
    ['Ongkos kirim', 'berapa ongkos kirim ke Jakarta Selatan'],
    ['QRIS', 'bisa bayar pakai GoPay atau transfer?'],
    ['dua belas orang', 'mau pesan kue ulang tahun, harganya berapa ya'],
    ['halal MUI', 'rotinya halal nggak, ada sertifikat?'],
    ['dalam waktu 24 jam', 'roti saya rusak waktu diterima, bisa diganti?'],
  ]),
  ...of('id-klinik', [
    ['enam jam sebelumnya', 'saya mau buat janji dengan dokter'],
    ['karang gigi', 'berapa biaya bersihkan karang gigi'],
    ['surat rujukan', 'apakah bisa pakai BPJS?'],
    ['jangan berkumur', 'habis cabut gigi boleh berkumur tidak'],
    ['Drg. Ratna', 'ada dokter khusus untuk anak?'],
    ['stasiun Tebet', 'klinik di mana, parkir mobil ada?'],
  ]),
  ...of('es-hotel', [
    ['recepción nocturna', '¿A qué hora es la salida del hotel?'],
    ['opciones veganas', 'cuanto cuesta el desayuno para los niños'],
    ['coches eléctricos', '¿Tienen aparcamiento para un coche eléctrico?'],
    ['perros guía', '¿Puedo llevar a mi perro?'],
    ['48 horas antes', 'Quiero cancelar mi reserva, ¿tiene coste?'],
    ['número de vuelo', 'traslado desde el aeropuerto precio'],
  ]),
  ...of('es-gimnasio', [
    ['mayores de 65', '¿Cuánto pagan los estudiantes al mes?'],
    ['el boxeo los viernes', '¿Qué días hay clase de yoga?'],
    ['antes del día 25', 'me voy de viaje, ¿puedo congelar la inscripción?'],
    ['bono de diez sesiones', 'precio del entrenador personal'],
    ['propio candado', '¿Hay duchas y taquillas?'],
    ['a partir de los 14', '¿Puede entrenar mi hijo menor de edad?'],
  ]),
  ...of('ar-gifts', [
    ['بعد الصلاة', 'متى تفتحون يوم الجمعة؟'],
    ['ثلاث ساعات', 'كم رسوم التوصيل داخل الرياض؟'],
    ['أبل باي', 'هل يمكن الدفع عند الاستلام'],
    ['سبعة أيام', 'أريد استبدال هدية بدون فتحها خلال سبعة أيام'],
    ['صندوق خشبي', 'بكم تغليف الهدايا الفاخر؟'],
    ['قبل أسبوعين', 'أحتاج باقات للزفاف، متى يجب الحجز؟'],
  ]),
  ...of('ar-school', [
    ['اختبار مجاني', 'هل عندكم دورات في اللغة الفرنسية للمبتدئ؟'],
    ['ثلاث دفعات', 'كم رسوم المستوى وهل يوجد تقسيط'],
    ['عبر زوم', 'هل الدروس عن بعد مسجلة؟'],
    ['ست حصص', 'ماذا يحدث إذا غبت عن الدورة أو أردت الانسحاب؟'],
    ['وزارة التعليم', 'هل الشهادات معتمدة؟'],
    ['متحدثين أصليين', 'متى يجتمع نادي المحادثة'],
  ]),
  ...of('zh-restaurant', [
    ['初四恢复', '你们几点开始营业？'],
    ['最低消费八百元', '我想订一个包间，可以坐多少人'],
    ['五公里以内', '外卖配送费是多少钱？'],
    ['绿色叶子', '有没有素食？我对花生过敏'],
    ['免费停三小时', '附近可以停车吗'],
    ['八八折', '会员积分怎么用？'],
  ]),
  ...of('zh-phones', [
    ['原装屏幕', '换一个苹果手机的屏幕要多久'],
    ['百分之八十', '换电池多少钱'],
    ['恢复成功才收费', '手机进水了，照片还能恢复吗？'],
    ['往返运费', '能不能上门取件'],
    ['检测费全部退款', '修不好可以退款吗'],
    ['当面估价', '你们回收旧的二手手机吗？'],
  ]),
  ...of('hi-saris', [
    ['दिवाली और होली', 'क्या रविवार को दुकान खुली है?'],
    ['ट्रैकिंग नंबर', 'डिलीवरी में कितने दिन लगते हैं'],
    ['नेट बैंकिंग', 'क्या मैं यूपीआई से भुगतान कर सकता हूँ?'],
    ['टैग लगा हो', 'क्या साड़ी वापस या बदली जा सकती है?'],
    ['पुराना ब्लाउज़', 'ब्लाउज़ की सिलाई कितने की है'],
    ['जीएसटी नंबर', 'थोक में ख़रीद पर कितनी छूट मिलती है?'],
  ]),
  ...of('hi-hospital', [
    ['टोकन मिलता', 'अपॉइंटमेंट कैसे लिया जाए?'],
    ['तीन सौ रुपये', 'आँखों की जाँच की फ़ीस कितनी है'],
    ['बीस मिनट', 'मोतियाबिंद के ऑपरेशन का ख़र्च बताइए'],
    ['आयुष्मान कार्ड', 'क्या आयुष्मान कार्ड चलता है?'],
    ['काला चश्मा', 'ऑपरेशन के बाद क्या सावधानी रखें'],
    ['डॉक्टर मीरा', 'बच्चों का विभाग किस दिन चलता है?'],
  ]),
];

/** Two for each language, with a slip of the finger or the script. */
export const mistyped: readonly AnsweredQuestion[] = [
  ...of('en-bakery', [['three days in advance', 'brithday caks']]),
  ...of('en-internet', [['192.168.1.1', 'chagne pasword']]),
  ...of('id-toko', [['Ongkos kirim', 'pengirimn pesanann']]),
  ...of('id-klinik', [['surat rujukan', 'asurnsi rujukn']]),
  ...of('es-hotel', [['opciones veganas', 'desayno vegnas']]),
  ...of('es-gimnasio', [['propio candado', 'vestuaros taquilas']]),
  ...of('ar-gifts', [['ثلاث ساعات', 'التوصل مجاني']]),
  ...of('ar-school', [['وزارة التعليم', 'الشهدات المعتمده']]),
  ...of('zh-restaurant', [['五公里以内', '外买配送费']]),
  ...of('zh-phones', [['原装屏幕', '更换手机屏目']]),
  ...of('hi-saris', [['जीएसटी नंबर', 'थोक खरिद']]),
  ...of('hi-hospital', [['बीस मिनट', 'मोतियबिंद ऑपरशन']]),
];

/** Four for each language that no document answers. */
export const unanswerable: readonly string[] = [
  ...['Who won the football match last night?', 'What is the capital of Mongolia?'],
  ...['Do you repair bicycles?', 'Can you recommend a good dentist for my cat?'],
  ...['siapa presiden Amerika sekarang', 'resep rendang padang yang enak'],
  ...['cuaca besok di Surabaya', 'bagaimana cara memperbaiki sepeda'],
  ...['¿Quién ganó el mundial de fútbol?', '¿Cuál es la capital de Australia?'],
  ...['receta de paella valenciana', '¿Me ayudas con los deberes de matemáticas?'],
  ...['من فاز بكأس العالم', 'ما هي عاصمة أستراليا', 'كيف أطبخ المندي', 'كم سعر الذهب اليوم'],
  ...['谁是美国总统', '明天北京天气怎么样', '怎么做红烧肉', '帮我写一首诗'],
  ...['भारत के प्रधानमंत्री कौन हैं', 'कल दिल्ली का मौसम कैसा रहेगा', 'पनीर टिक्का कैसे बनाते हैं', 'क्रिकेट मैच किसने जीता'],
];
