import { expect, test } from 'vitest'
import { type ProbeConfig, probeSchema } from './schema.ts'
import { detectionMsOf, maxInFlight, renewMsOf, slowestDetectionMs, worstCaseOutageMs } from './timings.ts'

const probe = (more: object): ProbeConfig =>
  probeSchema.parse({ kind: 'hook', everyMs: 500, timeoutMs: 300, failAfter: 3, jitter: 0, ...more })

test('a fault is found at the latest after failAfter intervals, the time-out of the last look, and the jitter', () => {
  expect(slowestDetectionMs(probe({}))).toBe(1_800)
  expect(slowestDetectionMs(probe({ jitter: 0.05 }))).toBe(1_825)
})

test('a missing heartbeat is found by its own limit, not by a time-out', () => {
  expect(slowestDetectionMs(probe({ kind: 'heartbeat', withinMs: 2_000, failAfter: 1 }))).toBe(2_500)
})

test('the quickest probe finds it; without probes nobody does', () => {
  expect(detectionMsOf({ probes: [probe({}), probe({ everyMs: 100, timeoutMs: 100 })] })).toBe(400)
  expect(detectionMsOf({ probes: [] })).toBe(Number.POSITIVE_INFINITY)
})

test('the worst outage is the longer of detection and lease, plus the margin', () => {
  const lease = { ttlMs: 5_000, marginMs: 500 }
  expect(worstCaseOutageMs({ probes: [probe({})], roleLease: lease })).toBe(5_500)
  expect(worstCaseOutageMs({ probes: [probe({ failAfter: 20 })], roleLease: lease })).toBe(10_800)
  expect(worstCaseOutageMs({ probes: [probe({})] })).toBe(1_800)
})

test('the role is renewed three times in a lease unless told otherwise', () => {
  expect(renewMsOf({ ttlMs: 5_000, marginMs: 500 })).toBe(1_666)
  expect(renewMsOf({ ttlMs: 5_000, renewMs: 1_000, marginMs: 500 })).toBe(1_000)
})

test('a time-out longer than the interval lets looks overlap', () => {
  expect(maxInFlight({ everyMs: 100, timeoutMs: 200 })).toBe(3)
  expect(maxInFlight({ everyMs: 1_000, timeoutMs: 1_000 })).toBe(2)
})
