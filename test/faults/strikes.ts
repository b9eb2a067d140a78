/** What is struck, how, and at which step of the journal. */
export const parts = [
  'acting controller',
  'other controller',
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

/** Halts that the orders of a round come by when nothing breaks. */
export const haltsPerRound = 31
/** Between: shorter than a role's lease, and longer. */
const pauses = [300, 900, 2_600]
/** Longer than a controller's lease as well. */
const longMs = 11_500
const longEvery = 6

/**
 * Every part, killed and frozen, at every step in turn: the n-th strike of a trial. Neighbours are other parts at other steps. A store
 * in a file is no process, so it is not struck by itself.
 */
export function strikeOf(n: number, store: 'sqlite' | 'postgres'): Strike {
  const struck = parts.filter((part) => part !== 'store' || store === 'postgres')
  const kinds = struck.length * 2
  const kind = n % kinds
  const turn = Math.floor(n / kinds)
  const part = struck[kind >> 1] as PartName
  const blow = kind % 2 === 0 ? 'kill' : 'freeze'
  const isLong = blow === 'freeze' && (part === 'acting controller' || part === 'store') && turn % longEvery === longEvery - 1
  // Each kind comes by every step, because the number of steps is prime.
  const atHalt = (turn + kind * 7) % haltsPerRound
  return { part, blow, atHalt, forMs: isLong ? longMs : (pauses[(turn + kind) % pauses.length] as number) }
}

export const describe = (strikes: readonly Strike[]) =>
  strikes.map(({ blow, part, atHalt, forMs }) => `${blow} ${part} for ${forMs} ms at step ${atHalt}`).join(', ')
