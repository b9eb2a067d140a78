import { fault } from '../../core/errors.ts'
import type { Draft, Found, Stored } from '../../core/records/record.ts'
import type { Actor, Person } from '../andon/andon.ts'
import { peopleOf } from '../andon/people.ts'
import { clean } from '../andon/text.ts'
import { type Absence, isAway } from './draw.ts'
import { type DeclaredAbsence, type DutyData, type DutyWeek, isAbsence, isWeek, onDutyOn, peopleOfWeek, type Swap } from './duty.ts'
import { type DutyEntry, entry } from './entries.ts'
import type { DutyDesk, DutyPorts } from './ports.ts'
import { type Day, drawAt, endOfDay, mondayOfWeek, today, type WeekId, weekAfter, weekNow, weekOfDay, workingDays } from './week.ts'
import { daysLeft, drawOf, handed, replaced, type WeekEnv, weekOf, zonesOf } from './weeks.ts'

type Ports = Pick<DutyPorts, 'catalog' | 'settings' | 'journal' | 'clock'>

const everything = { open: true } as const
/** In one tick; the rest comes with the next. */
const awayMax = 20

/** Keeps who is on duty. Each change is one transaction over the weeks that are not over, with its entries. */
export function openDutyDesk({ catalog, settings, journal, clock }: Ports): DutyDesk {
  const records = journal.records<DutyData>('duty')
  const people = peopleOf(catalog)
  const zones = zonesOf(catalog)
  const { zone } = settings

  const named = (id: string): Person => ({ id, name: people.configured(id)?.name ?? id })
  const read = (open: readonly Stored<DutyData>[]) => {
    const all = open.map(({ data }) => data)
    return { weeks: all.filter(isWeek).toSorted((a, b) => (a.week < b.week ? 1 : -1)), absences: all.filter(isAbsence) }
  }
  const absencesOf = (declared: readonly Absence[]): Absence[] => [...settings.absences, ...declared]
  const envOf = ({ now, mint }: Pick<Found<DutyData>, 'now' | 'mint'>, declared: readonly Absence[]): WeekEnv => ({
    ...{ settings, zones, now, mint },
    absences: absencesOf(declared),
  })

  const draft = (data: DutyData, before: Stored<DutyData> | undefined, open = true): Draft<DutyData> => ({
    id: data.id,
    status: isWeek(data) ? 'drawn' : 'away',
    open,
    component: null,
    topic: data.type,
    parent: null,
    key: isWeek(data) ? `week/${data.week}` : null,
    nextAt: null,
    rev: before?.rev ?? 0,
    data,
  })
  const storedOf = (found: Found<DutyData>, id: string) => found.open.find((one) => one.id === id)

  const lastBefore = (weeks: readonly DutyWeek[], week: WeekId) => weeks.find((one) => one.week < week) ?? null
  const peopleIn = (weeks: readonly DutyWeek[], week: WeekId): string[] => {
    const found = weeks.find((one) => one.week === week)
    return found ? peopleOfWeek(found) : []
  }

  const drawn = (week: WeekId, weeks: readonly DutyWeek[], by: Person | null, env: WeekEnv): DutyWeek =>
    weekOf(drawOf(week, lastBefore(weeks, week), peopleIn(weeks, weekAfter(week, -1)), env), by, env)

  const drawnEntry = ({ week, draw, drawnBy, roster }: DutyWeek): DutyEntry =>
    entry('duty.drawn', { week, people: draw.people.map(named), days: roster.map(({ day }) => day), missing: draw.missing, by: drawnBy })

  /** Weeks whose hour has come: this one, as long as it has a working day to come, and the next one. */
  function due(weeks: readonly DutyWeek[], now: number): WeekId[] {
    const current = weekNow(now, zone)
    const over = (workingDays(current, settings).at(-1) ?? '') < today(now, zone)
    return [...(over ? [] : [current]), weekAfter(current)].filter(
      (week) => !weeks.some((one) => one.week === week) && drawAt(week, settings) <= now,
    )
  }

  async function tick(): Promise<void> {
    await tickWeeks()
    await tickAway()
  }

  /** The configuration may have learnt of absences after the draw: it is as if they were told now. */
  async function tickAway(): Promise<void> {
    const away = ({ weeks }: ReturnType<typeof read>, now: number) =>
      settings.absences.find((absence) =>
        weeks.some((week) => daysLeft(week, absence.person, today(now, zone)).some((day) => absence.from <= day && day <= absence.until)),
      )
    for (let times = 0; times < awayMax && away(await openOnes(), clock.now()); times++)
      await records.change(everything, (found) => {
        const all = read(found.open)
        const absence = away(all, found.now)
        if (!absence) return { answer: null }
        const moved = all.weeks.flatMap((week) => instead(week, all.weeks, absence, envOf(found, all.absences)))
        return { put: moved.map(({ week }) => draft(week, storedOf(found, week.id))), tell: moved.flatMap(movedEntries), answer: null }
      })
  }

  async function tickWeeks(): Promise<void> {
    const before = await openOnes()
    if (due(before.weeks, clock.now()).length === 0 && !endsSomething(before, clock.now())) return
    await records.change(everything, (found) => {
      const { weeks, absences } = read(found.open)
      const env = envOf(found, absences)
      const made: DutyWeek[] = []
      for (const week of due(weeks, found.now)) made.push(drawn(week, [...made.toReversed(), ...weeks], null, env))
      const all = [...made.toReversed(), ...weeks]
      const ended = weeks.map((week) => expire(week, found.now))
      // The last one that was drawn stays open: the next draw counts from it.
      const over = (week: DutyWeek) => all.some((one) => one.week > week.week) && week.week < weekAfter(weekNow(found.now, zone), -1)
      return {
        put: [
          ...made.map((week) => draft(week, undefined)),
          ...ended.flatMap(({ week, expired }) =>
            expired.length > 0 || over(week) ? [draft(week, storedOf(found, week.id), !over(week))] : [],
          ),
          ...absences.flatMap((one) => (isPast(one, found.now) ? [draft(one, storedOf(found, one.id), false)] : [])),
        ],
        tell: [...ended.flatMap(({ expired }) => expired.map(swapEnded)), ...made.map(drawnEntry)],
        answer: null,
      }
    })
  }

  const isPast = ({ until }: Absence, now: number) => endOfDay(until, zone) <= now
  function endsSomething({ weeks, absences }: ReturnType<typeof read>, now: number): boolean {
    const limit = weekAfter(weekNow(now, zone), -1)
    return (
      weeks.some((week, i) => (i > 0 && week.week < limit) || expire(week, now).expired.length > 0) ||
      absences.some((one) => isPast(one, now))
    )
  }

  function expire(week: DutyWeek, now: number): { week: DutyWeek; expired: Swap[] } {
    const over = (swap: Swap) => swap.status === 'asked' && (swap.days.at(-1) ?? '') < today(now, zone)
    const expired = week.swaps.filter(over).map((swap): Swap => ({ ...swap, status: 'expired', endedAt: now }))
    return expired.length === 0 ? { week, expired } : { week: withSwaps(week, expired), expired }
  }

  const withSwaps = (week: DutyWeek, changed: readonly Swap[]): DutyWeek => ({
    ...week,
    swaps: week.swaps.map((swap) => changed.find(({ id }) => id === swap.id) ?? swap),
  })

  const swapEnded = ({ id, week, from, to, days, status }: Swap): DutyEntry =>
    entry('duty.swap-ended', { week, swap: id, from: named(from), to: named(to), days, status: status as 'swapped' })

  /** People of the configuration; a program with a token acts for nobody but itself. */
  function person(ref: string): string {
    const found = people.configured(ref)
    if (!found) throw fault('not-found', { what: 'person', id: ref, list: 'people of the configuration' })
    return found.id
  }

  /** For somebody else only who may decide. */
  function forWhom(ref: string | undefined, actor: Actor): string {
    const id = ref === undefined ? actor.id : person(ref)
    if (!people.configured(id))
      throw refused(`${actor.name} is nobody of the configuration`, 'Say for whom: absent --person, swap ask --from.')
    if (id !== actor.id && actor.rank !== 'approver') throw fault('forbidden', { role: actor.name, needs: 'that person, or an approver' })
    return id
  }

  async function askSwap(input: { to: string; from?: string; week?: WeekId; day?: Day }, actor: Actor): Promise<Swap> {
    const from = forWhom(input.from, actor)
    const to = person(input.to)
    if (input.week !== undefined) mondayOfWeek(input.week)
    return records.change(everything, (found) => {
      const { weeks, absences } = read(found.open)
      const first = [today(found.now, zone), input.day ?? ''].toSorted().at(-1) as Day
      const week = weeks
        .toReversed()
        .find((one) => (input.week === undefined || one.week === input.week) && daysLeft(one, from, first).length > 0)
      if (!week) throw refused(`${named(from).name} is not on duty then`, 'See jidoka duty.')
      const days = daysLeft(week, from, first)
      if (days.some((day) => onDutyOn(week, day).includes(to)))
        throw refused(`${named(to).name} is on duty then already`, 'Ask somebody else.')
      if (days.some((day) => isAway(to, day, absencesOf(absences)))) throw refused(`${named(to).name} is away then`, 'Ask somebody else.')
      const same = week.swaps.find((one) => one.status === 'asked' && one.from === from && one.to === to && one.days[0] === days[0])
      if (same) return { answer: same }
      const swap: Swap = { id: found.mint('duty'), week: week.week, from, to, days, status: 'asked', askedAt: found.now, endedAt: null }
      const told = entry('duty.swap-asked', { week: week.week, swap: swap.id, from: named(from), to: named(to), days })
      return { put: [draft({ ...week, swaps: [...week.swaps, swap] }, storedOf(found, week.id))], tell: [told], answer: swap }
    })
  }

  async function answerSwap(id: string, answer: 'accept' | 'decline' | 'withdraw', actor: Actor): Promise<Swap> {
    return records.change(everything, (found) => {
      const { weeks, absences } = read(found.open)
      const week = weeks.find(({ swaps }) => swaps.some((one) => one.id === id))
      const swap = week?.swaps.find((one) => one.id === id)
      if (!week || !swap) throw fault('not-found', { what: 'swap', id, list: 'GET /v1/duty' })
      const whose = answer === 'withdraw' ? swap.from : swap.to
      if (actor.id !== whose)
        throw fault('forbidden', { role: actor.name, needs: `to be ${named(whose).name}: a swap needs their own word` })
      if (swap.status !== 'asked') {
        if (swap.status === ({ accept: 'swapped', decline: 'declined', withdraw: 'withdrawn' } as const)[answer]) return { answer: swap }
        throw refused(`this swap is ${swap.status}`, 'Ask anew: jidoka duty swap.')
      }
      // Days that have passed meanwhile stay with whoever was there.
      const days = swap.days.filter((day) => day >= today(found.now, zone))
      if (answer === 'accept') {
        const gone = days.length === 0 || days.some((day) => !onDutyOn(week, day).includes(swap.from))
        const busy = days.some((day) => onDutyOn(week, day).includes(swap.to) || isAway(swap.to, day, absencesOf(absences)))
        if (gone || busy) throw refused('the duty of these days has changed meanwhile', 'See jidoka duty, and ask anew.')
      }
      const status = answer === 'accept' ? 'swapped' : answer === 'decline' ? 'declined' : 'withdrawn'
      const ended: Swap = { ...swap, days: answer === 'accept' ? days : swap.days, status, endedAt: found.now }
      const next = withSwaps(answer === 'accept' ? handed(week, swap.from, swap.to, days) : week, [ended])
      return { put: [draft(next, storedOf(found, week.id))], tell: [swapEnded(ended)], answer: ended }
    })
  }

  async function absent(input: { person?: string; from: Day; until: Day; reason?: string }, actor: Actor): Promise<DeclaredAbsence> {
    const who = forWhom(input.person, actor)
    const { from, until, reason } = input
    weekOfDay(from)
    if (until < from) throw fault('bad-request', { problems: `until: ${until} is before from (${from})` })
    return records.change(everything, (found) => {
      const { weeks, absences } = read(found.open)
      if (until < today(found.now, zone)) throw refused('these days are over', 'Nobody can be drawn for them any more.')
      const same = absences.find((one) => one.person === who && one.from === from && one.until === until)
      if (same) return { answer: same }
      const by = { id: actor.id, name: actor.name }
      const id = found.mint('ovr')
      const words = reason === undefined ? null : clean(reason, 500)
      const absence: DeclaredAbsence = { type: 'absence', id, person: who, from, until, reason: words, by, at: found.now }
      const env = envOf(found, [...absences, absence])
      const moved = weeks.flatMap((week) => instead(week, weeks, absence, env))
      return {
        put: [draft(absence, undefined), ...moved.map(({ week }) => draft(week, storedOf(found, week.id)))],
        tell: [entry('duty.absent', { absence: id, person: named(who), from, until, by }), ...moved.flatMap(movedEntries)],
        answer: absence,
      }
    })
  }

  function instead(week: DutyWeek, weeks: readonly DutyWeek[], { person: who, from, until }: Absence, env: WeekEnv) {
    const first = [from, today(env.now, zone)].toSorted().at(-1) as Day
    const days = daysLeft(week, who, first).filter((day) => day <= until)
    if (days.length === 0) return []
    const neighbours = [-1, 1].flatMap((by) => peopleIn(weeks, weekAfter(week.week, by)))
    const moved = replaced(week, who, days, { last: lastBefore(weeks, week.week), neighbours }, env)
    const expired = week.swaps
      .filter((swap) => swap.status === 'asked' && [swap.from, swap.to].includes(who) && swap.days.some((day) => days.includes(day)))
      .map((swap): Swap => ({ ...swap, status: 'expired', endedAt: env.now }))
    return [{ ...moved, week: withSwaps(moved.week, expired), expired }]
  }

  function movedEntries({
    week: { week },
    replacement: { person: who, by, days },
    expired,
  }: ReturnType<typeof instead>[number]): DutyEntry[] {
    return [...expired.map(swapEnded), entry('duty.replaced', { week, person: named(who), in: by === null ? null : named(by), days })]
  }

  async function present(id: string, actor: Actor): Promise<DeclaredAbsence> {
    return records.change({ ids: [id] }, (found) => {
      const stored = found.records.get(id)
      if (!stored || !isAbsence(stored.data)) throw fault('not-found', { what: 'absence', id, list: 'GET /v1/duty' })
      const { data } = stored
      forWhom(data.person, actor)
      if (!stored.open) return { answer: data }
      const by = { id: actor.id, name: actor.name }
      const told = entry('duty.present', { absence: id, person: named(data.person), from: data.from, until: data.until, by })
      return { put: [draft(data, stored, false)], tell: [told], answer: data }
    })
  }

  const openOnes = async () => read(await records.list({ open: true }, { limit: 200 }))

  return {
    ...{ askSwap, answerSwap, absent, present, tick },
    async now() {
      const at = clock.now()
      const { weeks, absences } = await openOnes()
      const current = weekNow(at, zone)
      const find = (week: WeekId) => weeks.find((one) => one.week === week) ?? null
      const [week, next] = [find(current), find(weekAfter(current))]
      const day = today(at, zone)
      return {
        ...{ day, week, next, absences },
        today: week ? onDutyOn(week, day) : [],
        nextDrawAt: next ? null : drawAt(weekAfter(current), settings),
      }
    },
    async week(week) {
      mondayOfWeek(week)
      const kept = await records.byKey(`week/${week}`)
      if (kept && isWeek(kept.data)) return { kept: kept.data, draw: kept.data.draw }
      const { weeks, absences } = await openOnes()
      const env = envOf({ now: clock.now(), mint: () => '' }, absences)
      return { kept: null, draw: drawn(week, weeks, null, env).draw }
    },
    weeks: async (limit) => (await records.list({ topic: 'week' }, { limit })).map(({ data }) => data).filter(isWeek),
    async draw(week, actor) {
      mondayOfWeek(week)
      return records.change({ ...everything, key: `week/${week}` }, (found) => {
        if (found.byKey && isWeek(found.byKey.data)) return { answer: found.byKey.data }
        const current = weekNow(found.now, zone)
        if (week !== current && week !== weekAfter(current))
          throw refused(`${week} is neither this week nor the next one`, 'Others would be drawn without what happens until then.')
        const { weeks, absences } = read(found.open)
        const made = drawn(week, weeks, { id: actor.id, name: actor.name }, envOf(found, absences))
        return { put: [draft(made, undefined)], tell: [drawnEntry(made)], answer: made }
      })
    },
  }
}

const refused = (reason: string, hint: string) => fault('refused', { reason, hint })
