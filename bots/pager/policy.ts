import type { PolicyConfig } from '../../core/catalog/schema-people.ts'
import type { Entry } from '../../core/journal/context.ts'
import { type Acknowledgement, type By, entryOf, type PageData, ringing } from './page.ts'

/** What a decision about a page may look at. */
export interface PolicyEnv {
  now: number
  policy: PolicyConfig | null
  /** Ids of who `person:`, `schedule:` and `team:` mean at this moment, each once. */
  onDuty(refs: readonly string[]): string[]
  /** Also those of a schedule who are not on call now. */
  everybody(refs: readonly string[]): string[]
}

export interface Ring {
  level: number | null
  round: number
  people: string[]
}

export interface Step {
  next: PageData
  tell: Entry[]
  /** Who is to be called now. */
  ring: Ring | null
  /** What the pagers that called are to hear. */
  news: 'acknowledged' | 'closed' | null
}

/** Nobody acknowledged after all rounds: everybody is called once more so often. */
const unansweredEveryMs = 30 * 60_000
/** A page without incident, andon and policy, which nobody acknowledges, ends so late. */
const forgottenAfterMs = 7 * 24 * 3_600_000

/** The first call. */
export const begin = (page: PageData, env: PolicyEnv): Step => fire(page, env, 0, 0)

/** What is due now; null: nothing. */
export function tick(page: PageData, env: PolicyEnv): Step | null {
  const { state } = page
  if (!ringing(page) || !('nextAt' in state) || state.nextAt === null || state.nextAt > env.now) return null
  if (state.status === 'unanswered') return unanswered(page, env, state.since)
  if (env.policy === null) return close(page, env.now, 'nobody acknowledged it for a week')
  return fire(page, env, state.level + 1, state.round)
}

/** Null: it changes nothing (acknowledged or closed already). */
export function acknowledge(page: PageData, by: By, via: string, now: number): Step | null {
  if (!ringing(page)) return null
  const acknowledged: Acknowledgement = { by, via, at: now }
  const { level, round } = page.state.status === 'firing' ? page.state : { level: -1, round: 0 }
  const next: PageData = { ...page, acknowledged, state: { status: 'acknowledged', level, round } }
  const told = entryOf(page, 'page.acknowledged', { page: page.id, by, via, afterMs: now - page.openedAt })
  if (belongs(page)) return { next, tell: [told], ring: null, news: 'acknowledged' }
  // Nothing else will end it.
  const ended = close(next, now, `${by.name} acknowledged it`) as Step
  return { ...ended, tell: [told, ...ended.tell] }
}

/** Null: it has ended already. */
export function close(page: PageData, now: number, why: string): Step | null {
  if (page.state.status === 'closed') return null
  const next: PageData = { ...page, state: { status: 'closed', at: now, why } }
  return { next, tell: [entryOf(page, 'page.closed', { page: page.id, why })], ring: null, news: 'closed' }
}

/** Whoever has it cannot go on: the next level is called now; after the last, or when all had been called, it begins anew. */
export function reescalate(page: PageData, env: PolicyEnv, by: By, reason: string): Step | null {
  const { state } = page
  if (state.status === 'closed') return null
  const told = entryOf(page, 'page.reescalated', { page: page.id, by, reason })
  const at = state.status === 'unanswered' ? { level: -1, round: 0 } : state
  const last = (env.policy?.levels.length ?? 1) - 1
  const step = fire({ ...page, acknowledged: null }, env, at.level >= last ? 0 : at.level + 1, at.level >= last ? 0 : at.round)
  return { ...step, tell: [told, ...step.tell] }
}

/** Who is called at this moment, once more: no pager could be used before. The policy goes on as it was. */
export function again(page: PageData, env: PolicyEnv): Step {
  const { state } = page
  const level = state.status === 'firing' && env.policy ? state.level : null
  const refs = level === null ? (env.policy?.levels ?? []).flatMap(({ notify }) => notify) : (env.policy?.levels[level]?.notify ?? [])
  const onDuty = env.onDuty(refs)
  const people = onDuty.length > 0 || level !== null ? onDuty : env.everybody(refs)
  return ring(page, { level: env.policy ? level : 0, round: state.status === 'firing' ? state.round : 0, people }, [])
}

const belongs = ({ incident, andon }: PageData) => incident !== null || andon !== null

/** Calls the first level from there on at which somebody is on call. */
function fire(page: PageData, env: PolicyEnv, fromLevel: number, fromRound: number): Step {
  const { policy, now } = env
  if (policy === null) {
    const nextAt = belongs(page) ? null : now + forgottenAfterMs
    return ring({ ...page, state: { status: 'firing', level: 0, round: 0, nextAt } }, { level: 0, round: 0, people: [] }, [])
  }
  const skipped: Entry[] = []
  let [level, round] = [fromLevel, fromRound]
  // Each level is looked at once: when nobody is on call at any, no further round will find somebody at this moment.
  for (let looked = 0; looked < policy.levels.length; looked++, level++) {
    if (level >= policy.levels.length) [level, round] = [0, round + 1]
    if (round > policy.repeat) break
    const { notify, ackWithinMs } = policy.levels[level] as PolicyConfig['levels'][number]
    const people = env.onDuty(notify)
    if (people.length > 0) {
      const next: PageData = { ...page, state: { status: 'firing', level, round, nextAt: now + ackWithinMs } }
      return ring(next, { level, round, people }, skipped)
    }
    const reason = `nobody is on call (${notify.join(', ')})`
    skipped.push(entryOf(page, 'page.skipped', { page: page.id, policy: policy.id, level, round, reason }))
  }
  const step = unanswered(page, env, now)
  return { ...step, tell: [...skipped, ...step.tell] }
}

function unanswered(page: PageData, env: PolicyEnv, since: number): Step {
  const refs = env.policy?.levels.flatMap(({ notify }) => notify) ?? []
  const onDuty = env.onDuty(refs)
  const people = onDuty.length > 0 ? onDuty : env.everybody(refs)
  const round = page.state.status === 'firing' ? page.state.round : 0
  const next: PageData = { ...page, state: { status: 'unanswered', since, nextAt: env.now + unansweredEveryMs } }
  const first = page.state.status !== 'unanswered'
  const told = entryOf(page, 'page.unanswered', { page: page.id, policy: page.policy, rounds: round + 1, people })
  return ring(next, { level: null, round, people }, first ? [told] : [])
}

const ring = (next: PageData, called: Ring, tell: Entry[]): Step => ({ next, tell, ring: called, news: null })
