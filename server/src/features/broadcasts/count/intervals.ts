/** A share with the bounds between which the true one lies 95 times of 100, in percent with one decimal. */
interface Share {
  rate: number;
  low: number;
  high: number;
}

/** Of the normal distribution, for 95 %. */
const z = 1.959964;

const percent = (part: number) => Math.round(part * 1_000) / 10;

/** By Wilson's score, which is honest for few cases and at the ends; undefined where there is no case. */
export function shareOf(count: number, total: number): Share | null {
  if (total <= 0) return null;
  const part = Math.min(count / total, 1);
  const spread =
    (z / (1 + z ** 2 / total)) * Math.sqrt((part * (1 - part)) / total + z ** 2 / (4 * total ** 2));
  const middle = (part + z ** 2 / (2 * total)) / (1 + z ** 2 / total);
  return {
    rate: percent(part),
    low: percent(Math.max(0, middle - spread)),
    high: percent(Math.min(1, middle + spread)),
  };
}
