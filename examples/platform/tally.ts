/**
 * What the traffic driver counts, and exactly how; pure, so that the claim can be checked.
 *
 * good         status 200, from the active member, of the newest generation seen so far.
 * answered     every answer with status 200, whoever gave it.
 * byNonActive  those of `answered` that no active member can have given: `x-role` is not `active`, or `x-generation` is
 *              missing or lower than one that an answer before it carried. The order is that of arrival. This is strict:
 *              an old active's answer that was right when it was made, but arrives after one of its successor, counts too.
 * refused      everything else: another status, a broken connection, no answer in time. By reason in `refusals`.
 * lost         packets that were acknowledged and that a later answer does not know of: `packets` of an answer is lower
 *              than the answers that its session had when the request was sent, plus this one.
 *
 * sent = answered + refused + inFlight, always. Counting starts with the first good answer: a request sent before it (the
 * platform is still starting) that is refused is `warmUp`, and in no other number. An answer with 200 always counts.
 */
export interface Counts {
  sent: number
  answered: number
  refused: number
  byNonActive: number
  lost: number
  inFlight: number
  warmUp: number
  refusals: Record<string, number>
  /** Longest time between two good answers; the one that is open now counts. */
  longestGapMs: number
  /** The latest interruption: the latest time between two good answers of at least `interruptionMs`. */
  lastGapMs: number
  /** Since the last good answer. */
  openGapMs: number
  /** Newest generation seen, and who gave the last good answer. */
  generation: number
  member: string | null
}

export type Outcome =
  | {
      status: number
      role: string | undefined
      generation: number
      member: string | undefined
      refusedBy: string | undefined
      packets: number | undefined
    }
  | { failed: string }

/** One request that was sent; hand it back with its outcome. */
export interface Sent {
  session: string
  answeredBefore: number
  counted: boolean
}

export interface Tally {
  send(session: string): Sent
  settle(sent: Sent, outcome: Outcome, at: number): void
  counts(at: number): Counts
}

/** Times are monotonic milliseconds. */
export function createTally({ interruptionMs }: { interruptionMs: number }): Tally {
  const total = { sent: 0, answered: 0, refused: 0, byNonActive: 0, lost: 0, warmUp: 0 }
  const refusals: Record<string, number> = {}
  const answeredOf = new Map<string, number>()
  let [longestGapMs, lastGapMs, generation] = [0, 0, 0]
  let lastGoodAt: number | null = null
  let member: string | null = null

  function refuse(reason: string) {
    total.refused++
    refusals[reason] = (refusals[reason] ?? 0) + 1
  }

  function good(at: number, by: string | null) {
    const gap = at - (lastGoodAt ?? at)
    longestGapMs = Math.max(longestGapMs, gap)
    if (gap >= interruptionMs) lastGapMs = gap
    lastGoodAt = at
    member = by
  }

  return {
    send(session) {
      const counted = lastGoodAt !== null
      if (counted) total.sent++
      return { session, answeredBefore: answeredOf.get(session) ?? 0, counted }
    },

    settle(sent, outcome, at) {
      if (!('status' in outcome) || outcome.status !== 200) {
        if (sent.counted) refuse(reasonOf(outcome))
        else total.warmUp++
        return
      }
      if (!sent.counted) total.sent++
      total.answered++
      if (outcome.packets !== undefined) total.lost += Math.max(0, sent.answeredBefore + 1 - outcome.packets)
      const fromActive = outcome.role === 'active' && outcome.generation >= generation
      if (fromActive) good(at, outcome.member ?? null)
      else total.byNonActive++
      answeredOf.set(sent.session, (answeredOf.get(sent.session) ?? 0) + 1)
      if (Number.isFinite(outcome.generation)) generation = Math.max(generation, outcome.generation)
    },

    counts(at) {
      const openGapMs = lastGoodAt === null ? 0 : at - lastGoodAt
      const inFlight = total.sent - total.answered - total.refused
      return {
        ...total,
        inFlight,
        refusals: { ...refusals },
        longestGapMs: Math.max(longestGapMs, openGapMs),
        lastGapMs,
        openGapMs,
        generation,
        member,
      }
    },
  }
}

function reasonOf(outcome: Outcome): string {
  if ('failed' in outcome) return outcome.failed
  return outcome.refusedBy ? `${outcome.status} by ${outcome.refusedBy}` : `${outcome.status} by ${outcome.member ?? 'unknown'}`
}
