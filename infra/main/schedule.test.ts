import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { idMint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { openJournal } from '../../core/journal/open.ts'
import { silentLog } from '../../core/log.ts'
import { seededRandom } from '../../core/random.ts'
import { type Job, openSchedule, type Schedule } from './schedule.ts'

const monday = (time: string) => Date.parse(`2026-11-23T${time}:00Z`)
let journal: Journal
const schedules: Schedule[] = []

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: monday('04:30') })
  journal = await openJournal({ url: 'sqlite::memory:', clock: systemClock, mint: idMint(systemClock, seededRandom(1)) })
})
afterEach(async () => {
  for (const schedule of schedules.splice(0)) await schedule.stop()
  await journal.close()
  vi.useRealTimers()
})

function controller(): { schedule: Schedule; done: number[]; job: Job } {
  const schedule = openSchedule({ journal, clock: systemClock, log: silentLog })
  schedules.push(schedule)
  const done: number[] = []
  return {
    schedule,
    done,
    job: { id: 'guardians', cron: '0 5 * * *', zone: 'UTC', catchUpMs: 20 * 3_600_000, run: async (due) => void done.push(due) },
  }
}
const until = (time: number) => vi.advanceTimersByTimeAsync(time - Date.now())

test('runs at its time, every day', async () => {
  const { schedule, done, job } = controller()
  await schedule.add(job)
  expect(schedule.nextAt('guardians')).toBe(monday('05:00'))
  await until(monday('05:01'))
  expect(done).toEqual([monday('05:00')])
  await until(monday('05:01') + 86_400_000)
  expect(done).toHaveLength(2)
})

test('of two controllers on one store one runs it', async () => {
  const [one, two] = [controller(), controller()]
  await one.schedule.add(one.job)
  await two.schedule.add(two.job)
  await until(monday('05:01'))
  expect([...one.done, ...two.done]).toEqual([monday('05:00')])
})

test('a controller that was down at that time does it once when it is back', async () => {
  const first = controller()
  await first.schedule.add(first.job)
  await until(monday('05:01'))
  await first.schedule.stop()
  vi.setSystemTime(monday('07:00') + 86_400_000)
  const [back, other] = [controller(), controller()]
  await back.schedule.add(back.job)
  await other.schedule.add(other.job)
  await vi.advanceTimersByTimeAsync(10)
  expect([...back.done, ...other.done]).toEqual([monday('05:00') + 86_400_000])
})

test('a day too late is too late; and its first start missed nothing', async () => {
  const first = controller()
  vi.setSystemTime(monday('06:00'))
  await first.schedule.add(first.job)
  await vi.advanceTimersByTimeAsync(10)
  expect(first.done).toEqual([])
  await first.schedule.stop()
  vi.setSystemTime(monday('04:00') + 2 * 86_400_000)
  const late = controller()
  await late.schedule.add({ ...late.job, catchUpMs: 3_600_000 })
  await vi.advanceTimersByTimeAsync(10)
  expect(late.done).toEqual([])
})

test('goes by the clocks of its zone, also on the day on which they change', async () => {
  vi.setSystemTime(Date.parse('2026-10-24T12:00:00Z'))
  const { schedule, done, job } = controller()
  await schedule.add({ ...job, cron: '0 9 * * *', zone: 'Europe/Berlin' })
  await until(Date.parse('2026-10-26T12:00:00Z'))
  expect(done.map((at) => new Date(at).toISOString())).toEqual(['2026-10-25T08:00:00.000Z', '2026-10-26T08:00:00.000Z'])
})

test('a job that fails is told, and runs the next day', async () => {
  const { schedule, job } = controller()
  let runs = 0
  await schedule.add({
    ...job,
    async run() {
      runs += 1
      throw new Error('no')
    },
  })
  await until(monday('05:01') + 86_400_000)
  expect(runs).toBe(2)
})
