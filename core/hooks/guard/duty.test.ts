import { describe, expect, test } from 'vitest'
import { virtualClock } from '../../../test/virtual-clock.ts'
import { silentLog } from '../../log.ts'
import { createDuty } from './duty.ts'
import type { Watch } from './watch.ts'

const target = { pid: 7, startTime: 'then', folder: '/data', host: '127.0.0.1', port: 1 }
const watch: Watch = { member: 'db-1', generation: 1, softAt: 10_000, hardAt: 10_400, target }

/** An armed database that needs so long to end in order; `Infinity`: it is frozen. */
function armed(endsInMs: number) {
  const clock = virtualClock()
  const told: string[] = []
  let endsAt = Number.POSITIVE_INFINITY
  const tell = (what: string) => told.push(`${what} at ${Math.round(clock.monotonic())}`)
  const duty = createDuty({
    clock,
    log: silentLog,
    interrupt: () => {
      tell('asked')
      endsAt = clock.monotonic() + endsInMs
    },
    runs: () => clock.monotonic() < endsAt,
    kill: async () => {
      tell('killed')
      return { receipt: 'process-reaped', pid: 7, startTime: 'then', ended: 1, port: 'refused' }
    },
    fencedAt: () => 0,
  })
  duty.arm(watch)
  return { clock, duty, told }
}

describe('a fence by the guard', () => {
  test('asks first, so that the last commits reach the standbys, and proves the end as soon as it has come', async () => {
    const { clock, duty, told } = armed(100)
    const ended = duty.fence({ member: 'db-1', folder: '/data', host: '127.0.0.1', port: 1 })
    await clock.advance(200)
    expect(await ended).toMatchObject({ receipt: 'process-reaped' })
    expect(told).toEqual(['asked at 0', 'killed at 100'])
  })

  test('does not wait for one that hears nothing', async () => {
    const { clock, duty, told } = armed(Number.POSITIVE_INFINITY)
    const ended = duty.fence({ member: 'db-1', folder: '/data', host: '127.0.0.1', port: 1 })
    await clock.advance(300)
    await ended
    expect(told).toEqual(['asked at 0', 'killed at 250'])
  })

  test('of one that is not armed asks nobody: it is a standby', async () => {
    const { clock, duty, told } = armed(100)
    duty.disarm('db-1', target)
    const ended = duty.fence({ member: 'db-1', folder: '/data', host: '127.0.0.1', port: 1 })
    await clock.advance(1)
    await ended
    expect(told).toEqual(['killed at 0'])
  })
})
