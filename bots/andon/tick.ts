import type { AndonConfig } from '../../core/catalog/schema-andon.ts'
import { type Andon, ended, type Inquiry, type KaizenItem, type Lane, type Locale } from './andon.ts'
import { chaseFrom, withInquiry } from './carriers/desk.ts'
import type { AndonChange, CommandEnv } from './define.ts'
import { entry } from './entries.ts'
import { withItem } from './kaizen.ts'
import { calledAgain, callLeader } from './leader.ts'
import { house } from './ports.ts'
import { turnRed } from './red.ts'

/** Something that comes with time alone. What it does moves its own `at` past `now`, or takes it away. */
interface Due {
  at: number
  make(andon: Andon, env: CommandEnv): AndonChange
}

/** When something of it is due next, epoch ms; null: nothing ever. Pure. */
export function nextAt(andon: Andon, settings: AndonConfig): number | null {
  const all = duesOf(andon, settings)
  return all.length === 0 ? null : Math.min(...all.map(({ at }) => at))
}

/** Does all that is due, each once, however late it is; null: nothing is. Pure. */
export function tick(andon: Andon, env: CommandEnv): AndonChange | null {
  const due = duesOf(andon, env.settings)
    .filter(({ at }) => at <= env.now)
    .sort((a, b) => a.at - b.at)
  if (due.length === 0) return null
  return due.reduce<AndonChange>(
    (before, { make }) => {
      const { next, tell, post = [] } = make(before.next, env)
      return { next, tell: [...before.tell, ...tell], post: [...(before.post ?? []), ...post] }
    },
    { next: andon, tell: [], post: [] },
  )
}

function duesOf(andon: Andon, settings: AndonConfig): Due[] {
  const going = ended(andon) ? [] : [...callDue(andon), ...updateDue(andon, settings), ...laneDues(andon, settings), ...chaseDues(andon)]
  return [...going, ...kaizenDues(andon, settings), ...archiveDue(andon)]
}

/** Nobody came: red, and called once more. After that the pager goes on by its own policy. */
function callDue({ call, reminded }: Andon): Due[] {
  if (!call || reminded[calledAgain] !== undefined) return []
  const make = (andon: Andon, env: CommandEnv): AndonChange => {
    const red = turnRed(andon, nobodyLed[andon.locale](Math.round((call.until - call.since) / 1_000)), null, env)
    const called = callLeader(red.next, env, true)
    return { ...called, tell: [...red.tell, ...called.tell] }
  }
  return [{ at: call.until, make }]
}

const nobodyLed: Record<Locale, (seconds: number) => string> = {
  en: (seconds) => `nobody took the lead within ${seconds} s`,
  ja: (seconds) => `${seconds}秒以内にリーダーが決まりませんでした`,
}

function updateDue({ updateDueAt, reminded }: Andon, { updateEveryMs }: AndonConfig): Due[] {
  if (updateDueAt === null) return []
  const make = (andon: Andon, { now }: CommandEnv) => {
    const { comms, lead } = andon.roles
    return reminder(andon, 'update', { about: 'update', subject: 'update', text: '', person: (comms ?? lead)?.person ?? null }, now)
  }
  return [{ at: again(updateDueAt, reminded.update, updateEveryMs), make }]
}

const laneDues = ({ lanes, reminded }: Andon, { laneMs }: AndonConfig): Due[] =>
  lanes.flatMap(({ id, title, status, owner, dueAt }: Lane) => {
    // The house needs no reminder of its own lane.
    if (status !== 'taken' || dueAt === null || owner?.id === house.id) return []
    const key = `lane/${id}`
    const make = (andon: Andon, { now }: CommandEnv) =>
      reminder(andon, key, { about: 'lane', subject: id, text: title, person: owner }, now)
    return [{ at: again(dueAt, reminded[key], laneMs), make }]
  })

const chaseDues = ({ inquiries }: Andon): Due[] =>
  inquiries.flatMap((inquiry) =>
    inquiry.status === 'sent' && inquiry.chaseAt !== null ? [{ at: inquiry.chaseAt, make: chase(inquiry) }] : [],
  )

/** A carrier that left the configuration is chased in the rhythm of updates: the inquiry is still out. */
const chase =
  (inquiry: Inquiry) =>
  (andon: Andon, { now, settings, carrier }: CommandEnv): AndonChange => {
    const known = carrier(inquiry.carrier)
    const chaseAt = known ? chaseFrom(known, now) : now + settings.updateEveryMs
    const next = withInquiry(andon, { ...inquiry, chaseAt, chased: inquiry.chased + 1 })
    const lane = andon.lanes.find(({ kind, status }) => kind === 'carrier' && status === 'taken')
    const owner = lane?.owner ?? inquiry.by
    return {
      next,
      tell: [entry(next, 'andon.inquiry-chase', { inquiry: inquiry.id, name: inquiry.name, times: inquiry.chased + 1, owner })],
    }
  }

/** Kaizen goes on after the end; that of a drill is practice, and nobody is asked for it. */
const kaizenDues = ({ drill, kaizen, reminded }: Andon, { kaizenEveryMs }: AndonConfig): Due[] =>
  drill
    ? []
    : kaizen.flatMap((item: KaizenItem) => {
        if (item.status !== 'open' || item.dueAt === null) return []
        const key = `kaizen/${item.id}`
        const make = (andon: Andon, { now }: CommandEnv) => {
          const person = item.owner ?? andon.roles.lead?.person ?? null
          const chased = withItem(andon, { ...item, chased: item.chased + 1 })
          return reminder(chased, key, { about: 'kaizen', subject: item.id, text: item.text, person }, now)
        }
        return [{ at: again(item.dueAt, reminded[key], kaizenEveryMs), make }]
      })

/** A veto moves `archiveAt`. */
function archiveDue({ retention }: Andon): Due[] {
  if (!retention || retention.archivedAt !== null) return []
  const make = (andon: Andon, { now }: CommandEnv): AndonChange => {
    const next: Andon = { ...andon, retention: { ...retention, archivedAt: now } }
    return { next, tell: [entry(next, 'andon.archived', { name: andon.room?.name ?? null })] }
  }
  return [{ at: retention.archiveAt, make }]
}

/** Due at `dueAt`, then so long after each reminder; a reminder of an earlier time does not count. */
const again = (dueAt: number, last: number | undefined, everyMs: number): number =>
  last === undefined || last < dueAt ? dueAt : last + everyMs

function reminder(andon: Andon, key: string, told: Parameters<typeof entry<'andon.reminder'>>[2], now: number): AndonChange {
  const next: Andon = { ...andon, reminded: { ...andon.reminded, [key]: now } }
  return { next, tell: [entry(next, 'andon.reminder', told)] }
}
