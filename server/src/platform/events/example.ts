/** What examples of events have in common, so that they tell one story. */
export const example = {
  profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
  messageId: '0199d6a2-9f4e-7a61-8c3d-4e5f60718293',
  waMessageId: '3EB0C431C26A1916E07A',
  conversationId: '0199d6a2-8d3e-7f44-b6a1-2f3a4b5c6d7e',
  chatId: '628123456789@c.us',
  userId: '0199d6a2-6a0b-7c3d-8e4f-5a6b7c8d9e0f',
  timestamp: '2026-02-05T10:00:00.000Z',
} as const;
