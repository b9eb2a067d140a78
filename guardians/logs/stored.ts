/** Bytes as people and prices count them. */
export const gibOf = (bytes: number): number => bytes / 2 ** 30

/** For evidence: two decimals. */
export const gib = (bytes: number): number => Math.round(gibOf(bytes) * 100) / 100
