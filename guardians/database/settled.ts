/** Being made or unmade, a database says of itself what will not be true in an hour. */
export const settled = (status: string): boolean => status !== 'creating' && status !== 'deleting'
