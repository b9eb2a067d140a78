import type { Snapshot } from './andon.ts'

/** Lines of one entry; the document has all of it. */
const linesMax = 20
const wellLast = (a: { status: string }, b: { status: string }) => Number(a.status === 'pass') - Number(b.status === 'pass')

/** The summary when nothing is to be said; each language has words for it. */
export const allWell = '-'

/** How things are, in one line that needs no language: `polaris 1/2, dipper 2/2; polaris: down; restart-process: running`. */
export function summaryOf({ components, incidents, runs }: Snapshot): string {
  const parts = [
    [...components].sort(wellLast).map(({ id, well, of }) => `${id} ${well}/${of}`),
    incidents.map(({ component, failure }) => `${component}: ${failure}`),
    runs.map(({ runbook, component, status }) => `${runbook} (${component}): ${status}`),
  ]
  return (
    parts
      .filter((list) => list.length > 0)
      .map((list) => shortened(list, linesMax / 2).join(', '))
      .join('; ') || allWell
  )
}

/** What is different now, one line each: `polaris-1: pass → fail`. What was not looked at before, or is not any more, tells nothing. */
export function changesOf(before: Snapshot, now: Snapshot): string[] {
  const members = moved(before.members, now.members, ({ status, role }) => [status, role])
  const components = moved(before.components, now.components, ({ status, well, of }) => [`${status} ${well}/${of}`])
  const incidents = came(before.incidents, now.incidents, ({ component, failure }) => `${component}: ${failure}`)
  const runs = came(before.runs, now.runs, ({ runbook, component }) => `${runbook} (${component})`)
  return shortened([...components, ...members, ...incidents, ...runs], linesMax)
}

function moved<One extends { id: string }>(before: readonly One[], now: readonly One[], partsOf: (one: One) => string[]): string[] {
  const known = new Map(before.map((one) => [one.id, partsOf(one)]))
  return now.flatMap((one) => {
    const was = known.get(one.id)
    const changes = partsOf(one).flatMap((part, n) => (was && was[n] !== part ? [`${was[n]} → ${part}`] : []))
    return changes.length > 0 ? [`${one.id}: ${changes.join(', ')}`] : []
  })
}

/** Incidents and runs come new, change and go. A run that has ended and is not shown any more is no news. */
function came<One extends { id: string; status: string }>(
  before: readonly One[],
  now: readonly One[],
  nameOf: (one: One) => string,
): string[] {
  const was = new Map(before.map((one) => [one.id, one]))
  const is = new Set(now.map(({ id }) => id))
  const changed = now.flatMap((one) => {
    const known = was.get(one.id)
    if (!known) return [`${nameOf(one)}: ${one.status}`]
    return known.status === one.status ? [] : [`${nameOf(one)}: ${known.status} → ${one.status}`]
  })
  const gone = before.filter(({ id, status }) => !is.has(id) && !over.has(status)).map((one) => `${nameOf(one)}: ${one.status} → -`)
  return [...changed, ...gone]
}

const over: ReadonlySet<string> = new Set(['done', 'failed', 'unknown', 'cancelled'])

const shortened = (lines: string[], max: number): string[] =>
  lines.length > max ? [...lines.slice(0, max - 1), `+${lines.length - max + 1}`] : lines
