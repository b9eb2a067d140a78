import { z } from 'zod'
import type { Andon, Lane, Locale } from '../andon.ts'
import { ended, limits } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { type AndonEntry, entry, personOf } from '../entries.ts'
import { newLane, reported, withLane } from '../lanes.ts'
import { house } from '../ports.ts'
import { clean } from '../text.ts'
import { wordsOf } from '../words.ts'

const kind = 'remediation'
const word: Record<Locale, string> = { en: 'started', ja: '開始' }
const runsMax = 200

/**
 * A runbook is a responder: it has the lane `remediation`, and reports there. The lane is done while nothing runs, and goes on
 * with the next run. What was told already changes nothing.
 */
export const run = defineAndonCommand('run', {
  path: 'run',
  summary: 'A run has started or ended',
  input: z.strictObject({
    run: z.string().min(1).max(128),
    what: z.enum(['started', 'ended']),
    runbook: z.string().min(1).max(128),
    status: z.string().max(128),
    reason: z.string().max(10_000),
  }),
  needs: 'nobody',
  when: ['yellow', 'red', 'resolved'],
  apply(andon, { run: id, what, runbook, ...input }, env) {
    const { now } = env
    const reason = clean(input.reason, undefined, '-')
    const told = andon.runs.includes(id)
    const there = andon.lanes.find((lane) => lane.kind === kind)
    const text = `${runbook}: ${what === 'started' ? word[andon.locale] : input.status} (${reason})`
    const over = there?.status === 'done' && there.outcome === text
    if (what === 'started' ? told : told && over) return { next: andon, tell: [] }

    const lane = there ?? (andon.lanes.length < limits.lanes ? newLane(kind, wordsOf(andon.locale).lanes[kind] ?? kind, env) : null)
    const runs = told ? andon.runs : [...andon.runs, id].slice(-runsMax)
    const withRun: Andon = { ...andon, runs, lanes: lane && !there ? [...andon.lanes, lane] : andon.lanes }
    const next = lane ? withLane(withRun, responding(lane, text, what === 'started' && !ended(andon), now)) : withRun
    const opened: AndonEntry[] =
      lane && !there ? [entry(next, 'andon.lane-opened', { lane: lane.id, kind, title: lane.title, by: personOf(house) })] : []
    return { next, tell: [...opened, entry(next, 'andon.run', { run: id, what, runbook, status: input.status, reason })] }
  },
})

function responding(lane: Lane, text: string, going: boolean, now: number): Lane {
  const told = reported({ ...lane, owner: lane.owner ?? personOf(house), dueAt: null }, personOf(house), text, now)
  return going ? { ...told, status: 'taken', outcome: null, endedAt: null } : { ...told, status: 'done', outcome: text, endedAt: now }
}
