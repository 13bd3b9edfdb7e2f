import type { proto } from 'baileys';
import { toChat } from '../ids.ts';
import { type Content, content, toNumber } from './wire-message.ts';

/** Something that a shop sells. */
export function product({ productMessage: wire }: proto.IMessage): Content | undefined {
  if (!wire) return undefined;
  const { product: goods, body, footer, businessOwnerJid } = wire;
  return content('product', {
    title: goods?.title,
    description: goods?.description,
    text: body,
    footer,
    productId: goods?.productId,
    retailerId: goods?.retailerId,
    url: goods?.url,
    price: money(goods?.priceAmount1000),
    salePrice: money(goods?.salePriceAmount1000),
    currency: goods?.currencyCode,
    seller: toChat(businessOwnerJid),
  });
}

/** What somebody wants to buy. */
export function order({ orderMessage: wire }: proto.IMessage): Content | undefined {
  if (!wire) return undefined;
  return content('order', {
    orderId: wire.orderId,
    title: wire.orderTitle,
    text: wire.message,
    items: wire.itemCount,
    total: money(wire.totalAmount1000),
    currency: wire.totalCurrencyCode,
    seller: toChat(wire.sellerJid),
  });
}

/** An amount as people write it: the protocol counts thousandths. */
function money(thousandths: unknown): number | undefined {
  const amount = toNumber(thousandths);
  return amount === undefined ? undefined : amount / 1000;
}
