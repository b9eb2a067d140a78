import { expect, test } from 'vitest'
import { configSchema, type ProbeConfig, probeSchema } from './schema.ts'
import { detectionMsOf, maxInFlight, renewMsOf, slowestDetectionMs, timingsOf, worstCaseOutageMs } from './timings.ts'

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

const members = [{ id: 'a-1' }]

test('the worst outage is the lease and the margin after the last renewal, which is sent until the silence is found', () => {
  const lease = { ttlMs: 5_000, renewMs: 1_000, marginMs: 500 }
  const of = (component: object) => worstCaseOutageMs({ members, ...component } as Parameters<typeof worstCaseOutageMs>[0])
  expect(of({ probes: [probe({})], roleLease: lease })).toBe(7_300)
  expect(of({ probes: [probe({ failAfter: 20 })], roleLease: lease })).toBe(15_800)
  expect(of({ probes: [probe({})] })).toBe(1_800)
})

const databases = (lease: object | undefined) =>
  configSchema.parse({
    components: [
      {
        id: 'db',
        topology: 'active-standby',
        members: [1, 2].map((port) => ({ id: `db-${port}`, postgres: { bin: '/bin', data: `/data/${port}`, port } })),
        probes: [{ kind: 'hook', everyMs: 100, timeoutMs: 200, failAfter: 2, jitter: 0 }],
        ...(lease ? { roleLease: lease } : {}),
      },
    ],
  }).components[0] as Parameters<typeof timingsOf>[0]

test('the role is renewed three times in a lease unless told otherwise; that of a database in what is usable of it', () => {
  const of = (lease: object) => renewMsOf({ members, roleLease: lease } as unknown as Parameters<typeof renewMsOf>[0])
  expect(of({ ttlMs: 5_000, marginMs: 500 })).toBe(1_666)
  expect(of({ ttlMs: 5_000, renewMs: 1_000, marginMs: 500 })).toBe(1_000)
  expect(renewMsOf(databases({ ttlMs: 5_000 }))).toBe(1_125)
})

test('what a configuration promises: how long without an active member, and how long with two', () => {
  expect(timingsOf(databases({ ttlMs: 2_000, renewMs: 250, marginMs: 250 }))).toEqual({
    detectionMs: 400,
    worstCaseOutageMs: 2_500,
    dualActiveMs: 0,
    lease: { ttlMs: 2_000, renewMs: 250, marginMs: 250, softMs: 400, hardMs: 100, usableMs: 1_350 },
  })
  expect(timingsOf(databases({ ttlMs: 5_000, marginMs: 120 })).dualActiveMs).toBe(80)
  expect(timingsOf(databases(undefined))).toMatchObject({ dualActiveMs: null, lease: null, worstCaseOutageMs: 400 })
  expect(timingsOf({ members: [], probes: [] })).toMatchObject({ detectionMs: null, worstCaseOutageMs: null })
})

test('a time-out longer than the interval lets looks overlap', () => {
  expect(maxInFlight({ everyMs: 100, timeoutMs: 200 })).toBe(3)
  expect(maxInFlight({ everyMs: 1_000, timeoutMs: 1_000 })).toBe(2)
})
