/** Being made or unmade, a database says of itself what will not be true in an hour. */
export const settled = (status: string): boolean => status !== 'creating' && status !== 'deleting'

/** It runs, whatever is done to it just now: a finding must not close because a backup is being taken. */
export const running = (status: string): boolean => settled(status) && !['stopped', 'stopping', 'starting'].includes(status)
