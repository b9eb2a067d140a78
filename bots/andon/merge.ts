import { type Andon, ended, limits } from './andon.ts'
import type { AndonChange, CommandEnv, Refusal } from './define.ts'
import { entry, personOf } from './entries.ts'
import { kept } from './pull.ts'

/**
 * Makes one andon part of another: its reporters, lanes, inquiries and kaizen items go over with their ids, so that old buttons
 * and links find them there; the old one stays as a signpost. Pure.
 */
export function merge(
  from: Andon,
  into: Andon,
  env: Pick<CommandEnv, 'now' | 'actor' | 'settings'>,
): { from: AndonChange; into: AndonChange } | Refusal {
  const no = whyNot(from, into)
  if (no) return no
  const by = personOf(env.actor)
  const signpost: Andon = {
    ...from,
    state: { status: 'resolved', at: env.now, by, how: `merged into ${into.id}`, cause: null, mergedInto: into.id, falseAlarm: false },
    call: null,
    retention: { archiveAt: env.now + env.settings.archiveAfterMs, veto: null, archivedAt: from.retention?.archivedAt ?? null },
    updateDueAt: null,
    lanes: [],
    inquiries: [],
    kaizen: [],
    marks: { ...from.marks, resolved: env.now },
  }
  const whole: Andon = {
    ...into,
    component: into.component ?? from.component,
    incident: into.incident ?? from.incident,
    failure: into.failure ?? from.failure,
    reporters: kept([...into.reporters, ...from.reporters].sort((a, b) => a.at - b.at)),
    lanes: [...into.lanes, ...from.lanes].slice(0, limits.lanes),
    inquiries: [...into.inquiries, ...from.inquiries].slice(0, limits.inquiries),
    kaizen: [...into.kaizen, ...from.kaizen].slice(0, limits.kaizen),
    told: [...into.told, ...from.told],
    runs: [...new Set([...into.runs, ...from.runs])],
    mergedFrom: [...into.mergedFrom, ...from.mergedFrom, from.id],
    marks: { ...into.marks, human: earlier(into.marks.human, from.marks.human) },
  }
  return {
    from: { next: signpost, tell: [entry(signpost, 'andon.merged', { into: into.id, by })] },
    into: { next: whole, tell: [entry(whole, 'andon.took-over', { from: from.id, by })] },
  }
}

const earlier = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.min(a, b))

function whyNot(from: Andon, into: Andon): Refusal | null {
  if (from.id === into.id) return { refuse: 'it is the same andon', hint: 'Name another one.' }
  if (ended(from)) return { refuse: `${from.id} has ended`, hint: 'Reopen it first, if it is not over.' }
  if (ended(into)) return { refuse: `${into.id} has ended`, hint: 'Reopen it first, or merge the other way round.' }
  if ((from.drill !== null) !== (into.drill !== null)) return { refuse: 'a drill and what is real do not mix', hint: 'End the drill.' }
  if (from.private && !into.private)
    return { refuse: `${from.id} is private and ${into.id} is not`, hint: 'Make the other one private first.' }
  return null
}
