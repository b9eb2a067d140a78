/** What is struck, how, and at which step of the journal. */
export const parts = [
  'controller',
  'agent of the active',
  'agent of the standby',
  'guard of the active',
  'guard of the standby',
  'active',
  'standby',
  'store',
] as const
export type PartName = (typeof parts)[number]
export type Blow = 'kill' | 'freeze'

export interface Strike {
  part: PartName
  blow: Blow
  /** Counts halts of the journal from the beginning of the round. */
  atHalt: number
  /** A frozen part thaws after so long; a killed one is started again then, as a service manager would. */
  forMs: number
}

/** Halts that a switch with everything well comes by. */
export const haltsPerRound = 24
const pauses = [300, 900, 2_600]

/**
 * Every part, killed and frozen, at every step in turn: the n-th strike of a trial. A store in a file is no process, so it is not
 * struck by itself.
 */
export function strikeOf(n: number, store: 'sqlite' | 'postgres'): Strike {
  const struck = parts.filter((part) => part !== 'store' || store === 'postgres')
  const kinds = struck.length * 2
  const kind = n % kinds
  const atHalt = Math.floor(n / kinds) % haltsPerRound
  return {
    part: struck[kind >> 1] as PartName,
    blow: kind % 2 === 0 ? 'kill' : 'freeze',
    atHalt,
    forMs: pauses[Math.floor(n / (kinds * haltsPerRound) + n) % pauses.length] as number,
  }
}
