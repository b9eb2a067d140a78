import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { idMint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { openJournal } from '../../core/journal/open.ts'
import { silentLog } from '../../core/log.ts'
import { seededRandom } from '../../core/random.ts'
import { type VirtualClock, virtualClock } from '../../test/virtual-clock.ts'
import { keepRoster, readRoster, rosterText } from './roster.ts'
import { openRota, type Rota } from './rota.ts'

const catalog = indexCatalog(
  configSchema.parse({
    people: [
      { id: 'ben', name: 'Ben', phone: '+49 30 1', teams: ['core'] },
      { id: 'chi', name: 'Chi', phone: '+49 30 2', teams: ['core'] },
      { id: 'aki', name: 'Aki' },
    ],
    teams: [{ id: 'core', policy: 'core' }],
    schedules: [{ id: 'core', title: 'Core', zone: 'Europe/Berlin', layers: [{ people: ['ben', 'chi'], start: '2026-11-16T09:00' }] }],
    policies: [{ id: 'core', levels: [{ notify: ['schedule:core'] }, { notify: ['team:core', 'person:aki'] }] }],
  }),
)
let folder: string
let clock: VirtualClock
let journal: Journal
let rota: Rota
let kept: ReturnType<typeof keepRoster>

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jidoka-roster-'))
  clock = virtualClock(Date.parse('2026-11-21T00:00:00Z'))
  journal = await openJournal({ url: 'sqlite::memory:', clock, mint: idMint(clock, seededRandom(1)) })
  rota = openRota({ catalog, journal })
  kept = keepRoster({ catalog, rota, folder, clock, log: silentLog })
})
afterEach(async () => {
  await kept.stop()
  await journal.close()
  rmSync(folder, { recursive: true })
})
const file = () => join(folder, 'roster.json')
const by = { id: 'ben', name: 'Ben' }

describe('the roster', () => {
  test('is a file that only its owner may read, and tells who is on call now and next, with the numbers', async () => {
    await kept.written()
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    const text = rosterText(await readRoster(folder), clock.now())
    expect(text).toContain('Core (core)')
    expect(text).toContain('now   Ben  +49 30 1  until Mon 23 Nov 09:00 (UTC+1)')
    expect(text).toContain('next  Chi  +49 30 2  from Mon 23 Nov 09:00 (UTC+1)')
    expect(text).toContain('  1.  core: Ben  +49 30 1')
    expect(text).toContain('  2.  Ben  +49 30 1 / Chi  +49 30 2 / Aki  (no phone number)')
    expect(kept.text()).toBe(text)
  })

  test('is never readable by others, not even where a crash left half a file that was', async () => {
    await kept.written()
    writeFileSync(`${file()}.new`, '{', { mode: 0o644 })
    await rota.add({ schedule: 'core', person: 'aki', from: clock.now(), until: clock.now() + 3_600_000, reason: 'swap', by })
    await kept.written()
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  test('is right weeks after it was written, and says when it is too old', async () => {
    await kept.written()
    const roster = await readRoster(folder)
    expect(rosterText(roster, Date.parse('2026-12-10T00:00:00Z'))).toContain('now   Chi')
    expect(rosterText(roster, Date.parse('2027-12-01T00:00:00Z'))).toContain('too old')
  })

  test('is written anew when somebody else is on call, and when an override is made', async () => {
    await kept.written()
    const before = readFileSync(file(), 'utf8')
    await clock.advance(60_000)
    await kept.written()
    expect(readFileSync(file(), 'utf8')).toBe(before)
    await rota.add({ schedule: 'core', person: 'aki', from: clock.now(), until: clock.now() + 3_600_000, reason: 'swap', by })
    await kept.written()
    expect(rosterText(await readRoster(folder), clock.now())).toContain('now   Aki')
    clock.jump(Date.parse('2026-11-23T08:00:00Z') - clock.now())
    await clock.advance(60_000)
    await kept.written()
    expect((await readRoster(folder)).writtenAt).toBe(clock.now())
  })

  test('that is not there, or is broken, says so', async () => {
    await kept.written()
    writeFileSync(file(), '{"people": 5')
    await expect(readRoster(folder)).rejects.toMatchObject({ code: 'not-found' })
    await expect(readRoster(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'not-found' })
  })
})
