import { dayMs, withinHours } from '../core/calendar.ts'
import type { Catalog } from '../core/catalog/catalog.ts'
import type { Component } from '../core/catalog/schema.ts'
import type { OutboxMessage, Situation } from '../core/journal/journal.ts'
import { configured, windowOf } from '../core/maintenance/maintenance.ts'
import type { Run } from '../core/runs/run.ts'
import type { Guard } from './guards.ts'
import type { Observed } from './requirements.ts'

/**
 * A switch that nobody has seen work for months is no longer known to work. So a practised runbook stays automatic only as long as
 * it succeeded within `everyDays`, for real or in practice; then a person has to agree.
 */
export const practice: Guard = ({ catalog, component, runbook, situation: { now, succeeded } }) => {
  const rule = catalog.config.guards.practice
  if (!rule?.runbooks.includes(runbook.id)) return null
  const last = succeeded.get(runbook.id)
  if (last !== undefined && now - last < rule.everyDays * dayMs) return null
  const since = last === undefined ? 'has never succeeded' : `last succeeded ${Math.floor((now - last) / dayMs)} days ago`
  return {
    code: 'practice',
    reason: `${runbook.id} ${since} on ${component.id} (asked for: every ${rule.everyDays} days), so a person has to agree`,
    final: false,
    approval: true,
  }
}

/** Runbooks that can be practised: a switch in good health costs the users less than the doubt whether it works. */
const practicable = ['failover-active-standby', 'failover-database']

type Quiet = Omit<Situation, 'incident' | 'alerts'>
type Refused = { code: string; reason: string }

/** Why no practice may begin now; null: it may. What the runbook itself requires comes on top. */
export function notNow(runbook: string, component: Component, situation: Quiet, catalog: Catalog, observed: Observed): Refused | null {
  const { now, openIncident, switchedOff } = situation
  const refuse = (code: string, reason: string) => ({ code, reason })
  if (!practicable.includes(runbook)) return refuse('not-practised', `${runbook} is not practised; these are: ${practicable.join(', ')}`)
  if (catalog.config.dryRun || component.dryRun) return refuse('dry-run', `dry run: ${component.id} is only watched`)
  if (switchedOff) return refuse('switched-off', `automation is off: ${switchedOff.reason} (${switchedOff.by})`)
  const window = situation.maintenance ?? windowOf(configured(catalog.config), component.id, now)
  if (window) return refuse('maintenance', `in a maintenance window: ${window.reason} (${window.by})`)
  const blocked = catalog.config.guards.practice?.blocked.find((hours) => withinHours([hours], hours.zone, now))
  if (blocked) return refuse('blocked', `no practice from ${blocked.from} to ${blocked.until} (${blocked.zone}): ${blocked.reason}`)
  if (openIncident !== null) return refuse('open-incident', `an incident of ${component.id} is open: ${openIncident}`)
  const unwell = component.members.map(({ id }) => observed(id)).filter(({ status }) => status !== 'pass')
  if (unwell.length > 0)
    return refuse(
      'not-well',
      `not all members are well: ${unwell.map(({ member, status, summary }) => `${member} is ${status} (${summary})`).join('; ')}`,
    )
  return null
}

/** A practice that failed is a switch that would have failed. Users may be without service by it, so somebody is called at once. */
export function failedPractice(run: Run, { title, owner }: Pick<Component, 'title' | 'owner'>, reason: string): OutboxMessage {
  return {
    channel: 'page',
    dedupe: `practice/${run.id}`,
    incident: null,
    payload: {
      component: run.component,
      title,
      owner: owner ?? null,
      failure: 'failing',
      members: [...run.members].sort(),
      urgency: 'high',
      evidence: `the practice of ${run.runbook} did not succeed`,
      reason: `Practice of ${run.runbook}, ordered by ${run.by}: ${reason}`,
      tried: [{ run: run.id, runbook: run.runbook, status: 'failed', reason }],
      refused: [],
    },
  }
}

/** From so much of the time on, somebody is reminded. */
const remindFrom = 0.8

/** What is to be practised, with the last time that it went well. */
export function practised(catalog: Catalog, successes: readonly { component: string; runbook: string; at: number }[]) {
  const known = new Map(successes.map(({ component, runbook, at }) => [`${component}/${runbook}`, at]))
  const wanted = catalog.config.guards.practice?.runbooks ?? []
  return catalog.components.flatMap((component) =>
    wanted
      .filter((runbook) => component.ladder.includes(runbook))
      .map((runbook) => ({ component, runbook, at: known.get(`${component.id}/${runbook}`) ?? null })),
  )
}

/** Reminders that are due: each once, and once more per period as long as nobody practises. */
export function reminders(
  catalog: Catalog,
  successes: readonly { component: string; runbook: string; at: number }[],
  now: number,
): OutboxMessage[] {
  const periodMs = (catalog.config.guards.practice?.everyDays ?? 0) * dayMs
  return practised(catalog, successes).flatMap(({ component, runbook, at }) => {
    if (at !== null && now - at < periodMs * remindFrom) return []
    const until = at === null ? null : at + periodMs
    const nth = Math.floor((now - (at ?? 0) + periodMs * (1 - remindFrom)) / periodMs)
    const late = until === null || until <= now
    return [
      {
        channel: 'page',
        dedupe: `practice-due/${runbook}/${component.id}/${at ?? 'never'}/${nth}`,
        incident: null,
        payload: {
          component: component.id,
          title: component.title,
          owner: component.owner ?? null,
          failure: 'unknown',
          members: [],
          urgency: 'low',
          evidence:
            at === null ? `${runbook} has never succeeded here` : `${runbook} last succeeded ${Math.floor((now - at) / dayMs)} days ago`,
          reason: `${late ? 'Until it is practised, a person has to approve each switch' : `From ${new Date(until).toISOString().slice(0, 10)} on a person has to approve each switch`}. Practise it: jidoka runbook practice ${runbook} ${component.id}`,
          tried: [],
          refused: [],
        },
      } satisfies OutboxMessage,
    ]
  })
}
