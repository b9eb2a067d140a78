import { describe, expect, test } from 'vitest'
import type { RunDetail, TimelineEntry } from '../api/client.ts'
import { rungsOf } from './rungs.ts'

const at = (second: number) => `2026-01-31T03:00:0${second}.000Z`
const run = (runbook: string, second: number, status: RunDetail['status'] = 'failed') =>
  ({ id: `run_${second}`, runbook, status, createdAt: at(second) }) as RunDetail
const refused = (runbook: string, second: number, reason: string, code = 'cooldown'): TimelineEntry => ({
  seq: second,
  at: at(second),
  kind: 'incident.refused',
  run: null,
  data: { runbook, code, reason },
})
const told = (runs: RunDetail[], timeline: TimelineEntry[]) =>
  rungsOf({ runs, timeline }).map((rung) =>
    rung.kind === 'run' ? `${rung.run.runbook}: ${rung.run.status}` : `${rung.runbook}: ${rung.reason}`,
  )

describe('what was tried', () => {
  test('runs and refusals in the order of time', () => {
    expect(told([run('restart-process', 1)], [refused('failover-active-standby', 2, 'no healthy standby')])).toEqual([
      'restart-process: failed',
      'failover-active-standby: no healthy standby',
    ])
  })

  test('a rung refused again is told once, with the last reason', () => {
    const timeline = [refused('failover-active-standby', 1, 'lags 90 s'), refused('failover-active-standby', 2, 'lags 30 s')]
    expect(told([], timeline)).toEqual(['failover-active-standby: lags 30 s'])
  })

  test('a rung refused at first and taken later was taken', () => {
    expect(told([run('failover-active-standby', 3, 'done')], [refused('failover-active-standby', 1, 'lags')])).toEqual([
      'failover-active-standby: done',
    ])
  })

  test('a rung refused because it had been tried is told as tried only', () => {
    expect(told([run('restart-process', 1)], [refused('restart-process', 2, 'verify failed', 'tried')])).toEqual([
      'restart-process: failed',
    ])
  })

  test('the call for a person stands among them only while it is made, or when it failed', () => {
    expect(told([run('page', 1, 'done')], [])).toEqual([])
    expect(told([run('page', 1, 'running')], [])).toEqual(['page: running'])
    expect(told([run('page', 1, 'failed')], [])).toEqual(['page: failed'])
  })
})
