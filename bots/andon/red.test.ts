import { describe, expect, test } from 'vitest'
import { limits } from './andon.ts'
import { andonOf, envOf, laneOf, minute, redOf, t0 } from './fixture.ts'
import { turnRed } from './red.ts'

const aki = { id: 'aki', name: 'Aki' }
const now = t0 + minute
const kindsOf = (lanes: { kind: string }[]) => lanes.map(({ kind }) => kind)

describe('turning red', () => {
  test('says since when and why, opens the usual lanes, and makes an update due', () => {
    const { next, tell } = turnRed(andonOf(), 'two customers called', aki, envOf())
    expect(next.state).toEqual({ status: 'red', since: now, reason: 'two customers called' })
    expect([next.marks.red, next.updateDueAt]).toEqual([now, now + 30 * minute])
    expect(kindsOf(next.lanes)).toEqual(['logs', 'carrier', 'range', 'mitigation', 'comms'])
    expect(tell.map(({ kind }) => kind)).toEqual(['andon.red', ...Array(5).fill('andon.lane-opened')])
    expect(tell[0]?.data).toEqual({ reason: 'two customers called', by: aki })
    expect(tell[1]?.data).toEqual({ lane: next.lanes[0]?.id, kind: 'logs', title: 'Logs and figures', by: null })
  })

  test('speaks the language of the andon', () => {
    expect(turnRed(andonOf({ locale: 'ja' }), 'x', null, envOf()).next.lanes[0]?.title).toBe('ログ・KPI')
    const lanes = [
      { id: 'dns', title: 'Names', titleJa: '名前解決' },
      { id: 'bgp', title: 'Routes' },
    ]
    const own = (locale: 'en' | 'ja') => turnRed(andonOf({ locale }), 'x', null, envOf({ settings: { lanes } })).next.lanes
    expect(own('ja').map(({ title }) => title)).toEqual(['名前解決', 'Routes'])
    expect(own('en').map(({ kind, title }) => [kind, title])).toEqual([
      ['dns', 'Names'],
      ['bgp', 'Routes'],
    ])
  })

  test('opens none when the configuration wants none', () => {
    const { next, tell } = turnRed(andonOf(), 'x', null, envOf({ settings: { lanes: [] } }))
    expect([next.lanes, tell.length]).toEqual([[], 1])
  })

  test('opens no kind that is there, or was, and never more than fit', () => {
    const lanes = [laneOf({ kind: 'logs', status: 'done', outcome: 'nothing' })]
    expect(kindsOf(turnRed(andonOf({ lanes }), 'x', null, envOf()).next.lanes)).toEqual(['logs', 'carrier', 'range', 'mitigation', 'comms'])
    const many = Array.from({ length: limits.lanes - 2 }, (_, n) => laneOf({ id: `l${n}` }))
    expect(turnRed(andonOf({ lanes: many }), 'x', null, envOf()).next.lanes).toHaveLength(limits.lanes)
  })

  test('leaves alone what is red already, or has ended', () => {
    const red = redOf()
    expect(turnRed(red, 'again', null, envOf())).toEqual({ next: red, tell: [] })
  })

  test('keeps no secret in its reason, and no novel', () => {
    const { next } = turnRed(andonOf(), `token=abcdef123456 ${'x'.repeat(5_000)}`, null, envOf())
    const { reason } = next.state as { reason: string }
    expect(reason).toMatch(/^\[secret cut\] x+…$/)
    expect(reason).toHaveLength(500)
  })
})
