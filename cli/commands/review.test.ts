import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { catalogOf } from '../../bots/duty/fixture.ts'
import { dutyRoutes } from '../../bots/duty/routes.ts'
import { createApi } from '../../core/api/app.ts'
import { type Fixture, openFixture } from '../../core/api/fixture.ts'
import { serve } from '../../core/api/serve.ts'
import { systemClock } from '../../core/clock.ts'
import { ebs } from '../../guardians/ebs/guardian.ts'
import { findingRoutes } from '../../guardians/findings/routes.ts'
import { type House, openHouse, scanOf } from '../../test/duty-house.ts'
import { typeLine } from '../../test/typist.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { duty } from './duty.ts'
import { review } from './review.ts'

let folder: string
let fixture: Fixture
let house: House
let served: Awaited<ReturnType<typeof serve>>
let out: string[]
let err: string[]

beforeEach(async () => {
  ;[out, err] = [[], []]
  folder = mkdtempSync(join(tmpdir(), 'jidoka-review-'))
  const clock = virtualClock(Date.parse('2026-11-23T09:30+09:00'))
  fixture = await openFixture({ clock })
  const catalog = catalogOf()
  house = openHouse({ journal: fixture.ports.journal, clock }, catalog)
  const api = createApi(
    { ...fixture.ports, catalog },
    {
      features: [dutyRoutes({ ...house, catalog }), findingRoutes({ desk: house.findings, catalog, guardians: [ebs] })],
    },
  )
  served = await serve(api, { host: '127.0.0.1', port: 0, clock: systemClock })
  await house.findings.ingest(scanOf('run_1', clock.now() - 60_000, { one: 'high', two: 'medium', three: 'low' }))
  await house.duty.tick()
  await house.reviews.tick()
})
afterEach(async () => {
  await served.close()
  await fixture.close()
  rmSync(folder, { recursive: true })
  process.exitCode = 0
})

/** Types a line, as a person would who works on this machine; answers the exit code. */
const type = (person: string, ...args: string[]) => typed({ JIDOKA_PERSON: person }, ...args)
const typed = (env: Record<string, string>, ...args: string[]) =>
  typeLine({ commands: [duty, review], controller: controllerOf, folder, columns: 80, out, err }, env, args)
const controllerOf = (env: Record<string, string | undefined>) => ({
  url: env.JIDOKA_URL ?? served.url,
  token: env.JIDOKA_TOKEN ?? fixture.localToken,
})
const said = () => out.splice(0).join('\n')

describe('jidoka review', () => {
  test('shows the agenda, decides, ends, and prints the minutes', async () => {
    expect(await type('Aki', 'review')).toBe(0)
    expect(said()).toMatch(/1\. \[high, new\] Volume attached to nothing\n {4}one: gp3, 100 GiB/)
    expect(await type('Aki', 'review', 'decide', '1', 'ask', 'is', 'it', 'yours?', '--to', 'dan', '--due', '2026-12-01')).toBe(0)
    expect(said()).toBe('1. Aki asks Dan, due 2026-12-01: is it yours? – no message went out, please tell Dan\n2 left.')
    expect(await type('Ben', 'review', 'decide', '2', 'mute')).toBe(2)
    expect(err.join()).toContain('jidoka review decide 4 mute "kept for the audit" --until 30d')
    expect(await type('Ben', 'review', 'decide', '2', 'mute', 'known', '--until', '30d')).toBe(0)
    expect(await type('Ben', 'review', 'decide', '2', 'wrong', 'in use')).toBe(1)
    expect(err.join()).toContain('decided already: mute, by Ben')
    said()
    expect(await type('Ben', 'review')).toBe(0)
    expect(said()).toMatch(/2 of 3 decided · until .*=> Aki asks Dan.*jidoka review N tells all of an item/s)
    expect(await type('Ben', 'review', 'decide', '3', 'mute', 'known')).toBe(2)
    expect(await type('Ben', 'review', 'decide', '3', 'hide')).toBe(2)
    expect(await type('Ben', 'review', 'end')).toBe(0)
    said()
    await type('Ben', 'review', 'minutes')
    expect(said()).toContain('Aki asks Dan, due 2026-12-01: is it yours?')
    await type('Ben', 'review', 'list')
    expect(said()).toMatch(/2026-11-23 {2}rev_\w+ {2}ended {2}2 decided, 1 not/)
  })
})

describe('jidoka review, for a stranger', () => {
  test('an item tells all that is known of it; what is no item is told so', async () => {
    expect(await type('Aki', 'review', '1')).toBe(0)
    expect(said()).toMatch(/HIGH Volume attached to nothing.*\nwhy {7}It is paid for.*\nfix {7}Ask its owner.*\nstate {5}open/s)
    expect(await type('Aki', 'review', '99')).toBe(2)
    expect(await type('Aki', 'review', 'frob')).toBe(2)
    expect(err.join()).toMatch(/no item 99: it has 3.*neither a number of an item nor a command/s)
  })

  test('who reads Japanese reads Japanese', async () => {
    const aki = { JIDOKA_PERSON: 'Aki', LANG: 'ja_JP.UTF-8' }
    for (const line of [['review'], ['review', '1'], ['review', 'list'], ['duty'], ['duty', 'draw', '--explain']]) await typed(aki, ...line)
    expect(said()).toMatch(
      /11月23日\(月\) のレビュー.*当番: .*\[高, 新規\].*状態 +未対応.*進行中 {2}決定 0、未決定 3.*今日 .*今週 .*いま抽選した場合.*人 +回数/s,
    )
  })

  test('before the first review it says when there is one', async () => {
    const other = await openFixture({ clock: virtualClock(Date.parse('2026-11-21T09:30+09:00')) })
    const catalog = catalogOf()
    const empty = openHouse({ journal: other.ports.journal, clock: virtualClock(Date.parse('2026-11-21T09:30+09:00')) }, catalog)
    const api = createApi({ ...other.ports, catalog }, { features: [dutyRoutes({ ...empty, catalog })] })
    const here = await serve(api, { host: '127.0.0.1', port: 0, clock: systemClock })
    try {
      expect(await typed({ JIDOKA_URL: here.url, JIDOKA_TOKEN: other.localToken }, 'review')).toBe(2)
      expect(err.join()).toContain('There was no review yet.')
    } finally {
      await here.close()
      await other.close()
    }
  })
})

describe('jidoka duty', () => {
  test('tells who is on duty, and what a draw rests on', async () => {
    expect(await type('Aki', 'duty')).toBe(0)
    expect(said()).toMatch(/^Today {6}Mon 23 Nov {2}\w+, \w+, \w+\nThis week {2}2026-W48/)
    expect(await type('Aki', 'duty', 'draw', '--explain')).toBe(0)
    const explained = said()
    expect(explained).toContain('Not drawn yet')
    expect(explained).toMatch(/on duty in a week beside it/)
    expect(explained.split('\n').every((line) => line.length <= 160)).toBe(true)
    expect(await type('Aki', 'duty', 'draw', '--week', '2026-W49', '--keep', '--json')).toBe(0)
    expect(JSON.parse(said()).kept.week).toBe('2026-W49')
    expect(await type('Aki', 'duty', 'draw', '--week', '2026-53')).toBe(2)
  })

  test('asks for a swap, which the other takes; who is ill is replaced', async () => {
    const { today } = await house.duty.now()
    const free = house.catalog.config.people.find(({ id }) => !today.includes(id))?.id as string
    const [from = '', other = ''] = today
    expect(await type(from, 'duty', 'swap', 'ask', free, '--day', '2026-11-24', '--json')).toBe(0)
    const { id } = JSON.parse(said())
    expect(await type(from, 'duty', 'swap', 'accept', id)).toBe(2)
    expect(await type(free, 'duty', 'swap', 'accept', id)).toBe(0)
    expect(said()).toContain('swapped')
    expect(await type(other, 'duty', 'absent', '--from', '2026-11-24', '--until', '2026-11-25', '--reason', 'ill')).toBe(0)
    said()
    expect(await type(other, 'duty')).toBe(0)
    expect(said()).toMatch(/Away {7}ovr_\w+ {2}\w+: Tue 24 Nov – Wed 25 Nov {2}ill/)
    expect(await type(other, 'duty', 'absent', '--from', 'tomorrow')).toBe(2)
  })
})
