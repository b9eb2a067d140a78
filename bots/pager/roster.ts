import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { formatTime } from '../../core/calendar.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import { type Clock, every, hours, minutes, sleep } from '../../core/clock.ts'
import { causeChain, fault } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Rota } from './rota.ts'

/**
 * Who is on call, with phone numbers, in a file of the data folder that only its owner may read: for the hour in which neither the
 * network nor the controller answers. It holds the turns of some weeks, so that it is right long after it was written.
 */
const rosterSchema = z.strictObject({
  writtenAt: z.int(),
  locale: z.enum(['en', 'ja']),
  people: z.array(z.strictObject({ id: z.string(), name: z.string(), phone: z.string().nullable() })),
  schedules: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      zone: z.string(),
      shifts: z.array(z.strictObject({ from: z.int(), until: z.int(), person: z.string().nullable() })),
    }),
  ),
  policies: z.array(z.strictObject({ id: z.string(), teams: z.array(z.string()), levels: z.array(z.array(z.string())) })),
})
export type Roster = z.infer<typeof rosterSchema>

const aheadMs = 60 * 24 * 3_600_000
/** Kept for those whose file could not be written for a while. */
const shiftsMax = 500
const atOnce = 10
const lookEveryMs = minutes(1)
/** So that it always reaches far ahead. */
const rewriteEveryMs = hours(6)

const pathOf = (folder: string) => join(folder, 'roster.json')

/** Whom to phone, without the schedules. */
function bareRoster(catalog: Catalog, now: number): Roster {
  const { people, policies, andon, teams } = catalog.config
  const members = (ref: string) => {
    const [kind, id] = ref.split(':')
    return kind === 'team' ? people.filter((one) => one.teams.includes(id as string)).map((one) => `person:${one.id}`) : [ref]
  }
  return {
    writtenAt: now,
    locale: andon.locale,
    people: people.map(({ id, name, phone }) => ({ id, name, phone: phone ?? null })),
    schedules: [],
    policies: policies.map(({ id, levels }) => ({
      id,
      teams: teams.filter((team) => team.policy === id).map((team) => team.id),
      levels: levels.map(({ notify }) => [...new Set(notify.flatMap(members))]),
    })),
  }
}

/** A thousand schedules take seconds: others get their turn in between. */
async function wholeRoster({ catalog, rota, clock }: Pick<KeepRosterPorts, 'catalog' | 'rota' | 'clock'>): Promise<Roster> {
  const now = clock.now()
  const roster = bareRoster(catalog, now)
  for (const [n, { id, title, zone }] of rota.schedules.entries()) {
    if (n > 0 && n % atOnce === 0) await sleep(clock, 0)
    const shifts = rota.spans(id, now, now + aheadMs).slice(0, shiftsMax)
    roster.schedules.push({
      id,
      title,
      zone,
      shifts: shifts.map(({ from, until, duty }) => ({ from, until, person: duty?.person ?? null })),
    })
  }
  return roster
}

/** For a person in a hurry: who is on call now and next, and how to phone them. */
export function rosterText(roster: Roster, now: number): string {
  const w = words[roster.locale]
  const byId = new Map(roster.people.map((person) => [person.id, person]))
  const named = (id: string | null) => {
    const person = id === null ? undefined : byId.get(id)
    return person ? `${person.name}  ${person.phone ?? w.noPhone}` : w.nobody
  }
  const shiftAt = (id: string) =>
    roster.schedules.find((schedule) => schedule.id === id)?.shifts.find((one) => one.from <= now && now < one.until)
  const lines = roster.schedules.flatMap(({ id, title, zone, shifts }) => {
    const current = shiftAt(id)
    const next = shifts.find((one) => one.from > now && one.from === current?.until)
    return [
      `${title ? `${title} (${id})` : id}`,
      current ? `  ${w.now}  ${named(current.person)}  ${w.until} ${formatTime(current.until, zone, roster.locale)}` : `  ${w.tooOld}`,
      ...(next ? [`  ${w.next}  ${named(next.person)}  ${w.from} ${formatTime(next.from, zone, roster.locale)}`] : []),
    ]
  })
  const whoIs = (ref: string) => {
    const [kind, id = ''] = ref.split(':')
    return kind === 'schedule' ? `${id}: ${named(shiftAt(id)?.person ?? null)}` : named(id)
  }
  const levels = roster.policies.flatMap(({ id, teams, levels: of }) => [
    `${w.policy} ${id}${teams.length > 0 ? ` (${teams.join(', ')})` : ''}`,
    ...of.map((refs, n) => `  ${n + 1}.  ${refs.map((ref) => whoIs(ref)).join(' / ')}`),
  ])
  const everybody = roster.people.map((person) => `  ${person.name.padEnd(20)} ${person.phone ?? w.noPhone}`)
  const written = `${w.written} ${formatTime(roster.writtenAt, roster.schedules[0]?.zone ?? 'UTC', roster.locale)}`
  return [
    ...(lines.length > 0 ? [...lines, ''] : []),
    ...(levels.length > 0 ? [...levels, ''] : []),
    w.everybody,
    ...everybody,
    '',
    written,
  ].join('\n')
}

const words = {
  en: {
    now: 'now ',
    next: 'next',
    until: 'until',
    from: 'from',
    nobody: 'nobody',
    noPhone: '(no phone number)',
    policy: 'Policy',
    everybody: 'Everybody',
    written: 'As of',
    tooOld: 'this roster is too old to tell',
  },
  ja: {
    now: '現在',
    next: '次  ',
    until: '終了',
    from: '開始',
    nobody: '担当者なし',
    noPhone: '(電話番号なし)',
    policy: '呼出順',
    everybody: '全員',
    written: '作成',
    tooOld: '名簿が古いため分かりません',
  },
} as const

/** Throws `not-found` when there is none, or when it is not one of ours. */
export async function readRoster(folder: string): Promise<Roster> {
  try {
    return rosterSchema.parse(JSON.parse(await readFile(pathOf(folder), 'utf8')))
  } catch (error) {
    throw fault('not-found', { what: 'roster', id: pathOf(folder), list: 'jidoka up writes it' }, error)
  }
}

/** Never half a file, and never one that others may read. */
async function writeRoster(folder: string, roster: Roster): Promise<void> {
  const path = pathOf(folder)
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.chmod(0o600)
    await file.writeFile(`${JSON.stringify(roster)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

export interface KeepRosterPorts {
  catalog: Catalog
  rota: Rota
  folder: string
  clock: Clock
  log: Log
}

/** Writes it now, whenever somebody else is on call, and from time to time. A folder that cannot be written stops nothing. */
export function keepRoster({ catalog, rota, folder, clock, log }: KeepRosterPorts) {
  let roster = bareRoster(catalog, clock.now())
  let writtenAt = Number.NEGATIVE_INFINITY
  let shown = ''
  let writing: Promise<void> = Promise.resolve()

  const whoNow = () => {
    const now = clock.now()
    return JSON.stringify(roster.schedules.map(({ shifts }) => shifts.find(({ from, until }) => from <= now && now < until)?.person))
  }

  async function write(): Promise<void> {
    try {
      roster = await wholeRoster({ catalog, rota, clock })
      shown = whoNow()
      await writeRoster(folder, roster)
      writtenAt = clock.monotonic()
    } catch (error) {
      // Tried again at the next look.
      writtenAt = Number.NEGATIVE_INFINITY
      log.error({ err: causeChain(error) }, 'the roster could not be written')
    }
  }

  function look(force: boolean): void {
    if (!force && whoNow() === shown && clock.monotonic() - writtenAt < rewriteEveryMs) return
    writing = writing.then(write)
  }

  const ends = [rota.onChange(() => look(true)), every(clock, lookEveryMs, () => look(false))]
  look(true)
  return {
    /** As people read it, from memory: the disk may be what is broken. */
    text: () => rosterText(roster, clock.now()),
    /** Resolves when what was to be written is written. */
    written: () => writing,
    async stop(): Promise<void> {
      for (const end of ends) end()
      await writing
    },
  }
}
