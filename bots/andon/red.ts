import { type Andon, type Lane, limits, type Person } from './andon.ts'
import type { AndonChange, CommandEnv } from './define.ts'
import { entry } from './entries.ts'
import { newLane } from './lanes.ts'
import { clean } from './text.ts'
import { wordsOf } from './words.ts'

export type RedEnv = Pick<CommandEnv, 'now' | 'mint' | 'settings'>

const defaultLanes = ['logs', 'carrier', 'range', 'mitigation', 'comms'] as const
const reasonChars = 500

/**
 * The one way to red: lanes stand open, an update is due. `by` null: nobody in particular, but time or the automatic. What is red
 * already stays as it is. Pure.
 */
export function turnRed(andon: Andon, reason: string, by: Person | null, env: RedEnv): AndonChange {
  if (andon.state.status !== 'yellow') return { next: andon, tell: [] }
  const why = clean(reason, reasonChars)
  const red: Andon = {
    ...andon,
    state: { status: 'red', since: env.now, reason: why },
    updateDueAt: env.now + env.settings.updateEveryMs,
    marks: { ...andon.marks, red: andon.marks.red ?? env.now },
  }
  const { next, tell } = withLanes(red, env)
  return { next, tell: [entry(next, 'andon.red', { reason: why, by }), ...tell] }
}

/** Opens the lanes of a red andon; a kind that it has, or had, is not opened again. */
export function withLanes(andon: Andon, env: RedEnv): AndonChange {
  const missing = kindsOf(andon, env).filter(({ kind }) => !andon.lanes.some((lane) => lane.kind === kind))
  const room = Math.max(0, limits.lanes - andon.lanes.length)
  const opened: Lane[] = missing.slice(0, room).map(({ kind, title }) => newLane(kind, title, env))
  const next: Andon = { ...andon, lanes: [...andon.lanes, ...opened] }
  return { next, tell: opened.map(({ id, kind, title }) => entry(next, 'andon.lane-opened', { lane: id, kind, title, by: null })) }
}

function kindsOf({ locale }: Andon, { settings }: RedEnv): { kind: string; title: string }[] {
  if (settings.lanes) return settings.lanes.map(({ id, title, titleJa }) => ({ kind: id, title: (locale === 'ja' && titleJa) || title }))
  const titles = wordsOf(locale).lanes
  return defaultLanes.map((kind) => ({ kind, title: titles[kind] ?? kind }))
}
