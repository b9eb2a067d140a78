/**
 * From single looks to a state that may be believed. Pure: a track goes in, the next one comes out.
 *
 *   unknown --passAfter passes--> pass <--passAfter-- | --failAfter--> fail (or warn: failAfter looks, none of them a pass)
 *
 * Looks may overlap and end out of order; `seq` is the order in which they began.
 */
export type Outcome = 'pass' | 'warn' | 'fail'
export type Level = Outcome | 'unknown'

export interface Thresholds {
  failAfter: number
  passAfter: number
  /** So many changes within so long: it flaps, and is believed again when it has not changed for as long. */
  flap: { changes: number; withinMs: number }
}

export interface Track {
  level: Level
  flapping: boolean
  /** Looks in a row, up to the last one: each kind of row that a decision counts. */
  rows: { pass: number; notPass: number; fail: number; notFail: number }
  /** The youngest look of each outcome that counted. */
  newest: Record<Outcome, number>
  /** When the level changed, monotonic ms, oldest first, as far back as flap damping looks. */
  changedAt: readonly number[]
}

export interface Verdict {
  /**
   * `ignored`: a younger look told otherwise already. `counted`: nothing is decided by it. `level`: from `from` to the track's
   * level. `damped`: the same, but it flaps. `flapping-began`, `flapping-ended`: from here on (not) to be believed.
   */
  change: 'ignored' | 'counted' | 'level' | 'damped' | 'flapping-began' | 'flapping-ended'
  from: Level
  reason: string
}

export const newTrack = (): Track => ({
  level: 'unknown',
  flapping: false,
  rows: { pass: 0, notPass: 0, fail: 0, notFail: 0 },
  newest: { pass: -1, warn: -1, fail: -1 },
  changedAt: [],
})

/** Takes one look into account. `at`: when it ended, monotonic ms. */
export function observe(
  track: Track,
  look: { outcome: Outcome; seq: number; at: number },
  limits: Thresholds,
): { track: Track; verdict: Verdict } {
  const { outcome, seq, at } = look
  const from = track.level
  const younger = (Object.keys(track.newest) as Outcome[]).find((other) => other !== outcome && track.newest[other] > seq)
  if (younger) return { track, verdict: { change: 'ignored', from, reason: `a look that began later said ${younger}` } }

  const counted: Track = {
    ...track,
    rows: count(track.rows, outcome),
    newest: { ...track.newest, [outcome]: Math.max(track.newest[outcome], seq) },
  }
  const decided = decide(counted, outcome, limits)
  if (decided === null) return calm(counted, at, limits)
  const changed: Track = { ...counted, level: decided.level }
  // The first level is no change: it was not another one before.
  if (from === 'unknown') return { track: changed, verdict: { change: 'level', from, reason: decided.reason } }

  const { changes, withinMs } = limits.flap
  changed.changedAt = [...track.changedAt, at].filter((time) => at - time < withinMs).slice(-changes)
  if (track.flapping) return { track: changed, verdict: { change: 'damped', from, reason: `${decided.reason}, but it flaps` } }
  if (changed.changedAt.length < changes) return { track: changed, verdict: { change: 'level', from, reason: decided.reason } }
  const reason = `changed ${changes} times within ${Math.round(at - (changed.changedAt[0] as number))} ms`
  return { track: { ...changed, flapping: true }, verdict: { change: 'flapping-began', from, reason } }
}

function count(rows: Track['rows'], outcome: Outcome): Track['rows'] {
  const longer = (row: keyof Track['rows'], goesOn: boolean) => (goesOn ? rows[row] + 1 : 0)
  return {
    pass: longer('pass', outcome === 'pass'),
    notPass: longer('notPass', outcome !== 'pass'),
    fail: longer('fail', outcome === 'fail'),
    notFail: longer('notFail', outcome !== 'fail'),
  }
}

/** The level that the rows are long enough for, or null when it stays as it is. */
function decide({ level, rows }: Track, outcome: Outcome, { failAfter, passAfter }: Thresholds): { level: Outcome; reason: string } | null {
  if (level !== 'fail' && rows.fail >= failAfter) return { level: 'fail', reason: `failed ${rows.fail} in a row` }
  if (level !== 'pass' && rows.pass >= passAfter) return { level: 'pass', reason: `passed ${rows.pass} in a row` }
  if ((level === 'pass' || level === 'unknown') && rows.notPass >= failAfter)
    return { level: 'warn', reason: `did not pass ${rows.notPass} in a row` }
  if (level === 'fail' && outcome === 'warn' && rows.notFail >= passAfter)
    return { level: 'warn', reason: `did not fail ${rows.notFail} in a row` }
  return null
}

function calm(track: Track, at: number, { flap }: Thresholds): { track: Track; verdict: Verdict } {
  const quietMs = at - (track.changedAt.at(-1) ?? at)
  if (!track.flapping || quietMs < flap.withinMs)
    return { track, verdict: { change: 'counted', from: track.level, reason: 'not enough of them' } }
  return {
    track: { ...track, flapping: false, changedAt: [] },
    verdict: { change: 'flapping-ended', from: track.level, reason: `has not changed for ${Math.round(quietMs)} ms` },
  }
}
