/** Readers of this format stop at a hundred messages within one another; what is deeper was made to exhaust them. */
const DEPTH_MAX = 100;

/** Throws when a decoded message holds others more than a hundred deep: it could be neither kept nor described. */
export function refuseDeep(message: object): void {
  let level: object[] = [message];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX) throw new Error(`the message is nested more than ${DEPTH_MAX} deep`);
    level = level.flatMap(objectsIn);
  }
}

function objectsIn(value: object): object[] {
  const isLeaf = ArrayBuffer.isView(value);
  return isLeaf
    ? []
    : Object.values(value).filter((each): each is object => typeof each === 'object' && each !== null);
}
