import type { Andon, Person } from './andon.ts'
import type { AndonChange, CommandEnv } from './define.ts'
import { entry, personOf } from './entries.ts'
import { marked } from './here.ts'
import { callForLead } from './pull.ts'

export type Role = keyof Andon['roles']

/** Key in `reminded`: this call was the second one; the policy of the pager goes on by itself. */
export const calledAgain = 'call'

/**
 * Gives a role to somebody, or to nobody. The lead ends the call for one; an andon whose lead is given up calls anew, so that it
 * is never silently without. Nothing changes when it is held so already. Pure.
 */
export function giveRole(andon: Andon, role: Role, person: Person | null, note: string | null, env: CommandEnv): AndonChange {
  const before = andon.roles[role]?.person ?? null
  if (before?.id === person?.id) return { next: andon, tell: [] }
  const here = marked(andon, env)
  const held: Andon = { ...here, roles: { ...here.roles, [role]: person && { person, at: env.now } } }
  const told = entry(held, 'andon.role', { role, person, before, by: personOf(env.actor), note })
  if (role !== 'lead') return { next: held, tell: [told] }
  if (person) return { next: { ...held, call: null, marks: { ...held.marks, lead: held.marks.lead ?? env.now } }, tell: [told] }
  const called = callLeader(held, env, false)
  return { ...called, tell: [told, ...called.tell] }
}

/**
 * Calls for a leader, by a page of its own. `again`: somebody was called, and did not come; then the pager climbs on from where that
 * page is, for a second one would ring everybody twice. Pure.
 */
export function callLeader(andon: Andon, { now, settings }: Pick<CommandEnv, 'now' | 'settings'>, again: boolean): AndonChange {
  const page = (again && andon.call?.page) || `${andon.id}/lead/${now}`
  const until = now + settings.leaderWithinMs
  const { [calledAgain]: _, ...reminded } = andon.reminded
  const next: Andon = { ...andon, call: { page, since: now, until }, reminded: again ? { ...reminded, [calledAgain]: now } : reminded }
  return {
    next,
    tell: [entry(next, 'andon.call', { until, page, again })],
    post: page === andon.call?.page ? [] : callForLead(next, page, now),
  }
}
