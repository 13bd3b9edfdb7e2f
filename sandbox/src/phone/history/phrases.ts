/** First names of people in a made past. */
export const NAMES = [
  ...['Anna', 'Ben', 'Carla', 'Dewi', 'Emil', 'Fatima', 'Gita', 'Hugo', 'Ines', 'Joko', 'Kira', 'Liam'],
  ...['Maya', 'Nadia', 'Omar', 'Putri', 'Quinn', 'Rafi', 'Sari', 'Tomas', 'Uma', 'Vera', 'Wayan', 'Yusuf'],
];

/** What they write. */
export const PHRASES = [
  ...['Good morning!', 'Is the order ready?', 'Yes, at nine.', 'Can you bring two loaves?', 'On my way.'],
  ...[
    'Thank you so much',
    'See you tomorrow',
    'How much is it?',
    'I will ask and tell you.',
    'Sounds good 👍',
  ],
  ...['The oven is broken again…', 'We open at six.', 'Please keep one for me', 'Did you get the invoice?'],
  ...[
    'Paid just now.',
    'Happy birthday! 🎂',
    'Which street was it?',
    'The one by the station',
    'No problem at all',
  ],
  ...[
    'Call me when you can',
    'Terima kasih banyak',
    'Sama-sama 🙏',
    'Rain all day here',
    'Kids are home, later then',
  ],
];

export const REACTIONS = ['👍', '❤️', '😂', '🙏', '😮'];
