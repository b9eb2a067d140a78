import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { indexCatalog } from '../catalog/catalog.ts'
import { configSchema } from '../catalog/schema.ts'
import { isFault } from '../errors.ts'
import { maxBatch, normaliseAlertmanager, normaliseOwn, plainText } from './normalise.ts'

const catalog = indexCatalog(
  configSchema.parse({
    components: [
      { id: 'polaris', members: [{ id: 'polaris-1' }, { id: 'polaris-2' }] },
      { id: 'leo', members: [{ id: 'leo-1' }] },
    ],
  }),
)
const now = Date.parse('2026-03-01T00:00:00Z')
const where = { catalog, now }
const own = (input: unknown) => normaliseOwn(input, where)
const webhook = (...alerts: object[]) => normaliseAlertmanager({ version: '4', groupKey: '{}', receiver: 'jidoka', alerts }, where)
const alertmanager = (...alerts: object[]) => webhook(...alerts).alerts

const problemsOf = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    if (isFault(error, 'bad-request')) return error.details.lines
    throw error
  }
  throw new Error('this should be refused')
}

describe('our own format', () => {
  test('the least that is enough', () => {
    expect(own({ component: 'leo' })).toEqual([
      {
        key: 'leo/*/api',
        component: 'leo',
        member: null,
        signal: 'external',
        status: 'firing',
        source: 'api',
        summary: 'external from api',
        at: now,
      },
    ])
  })

  test('everything told', () => {
    const alert = {
      component: 'polaris',
      member: 'polaris-2',
      signal: 'human',
      status: 'resolved',
      summary: 'all well',
      source: 'aki',
      key: 'k',
      at: '2026-02-28T09:00:00+09:00',
    } as const
    expect(own([alert])).toEqual([{ ...alert, at: Date.parse('2026-02-28T00:00:00Z') }])
  })

  test('nobody sees into the future', () => {
    expect(own({ component: 'leo', at: now + 1_000 })[0]?.at).toBe(now)
  })

  test.each([
    [{}, ['component: missing (expected text)']],
    ['leo', ['(top): expected a group of keys, got "leo"']],
    [[], ['(top): expected at least 1 entry, got 0']],
    [{ component: 'leo', sumary: 'x' }, ['sumary: unknown key (did you mean "summary"?)']],
    [
      [{ component: 'leo' }, { component: 'leo', signal: 'exitt', status: 'on' }],
      ['[1].signal: expected one of', '[1].status: expected one of firing, resolved; got "on"'],
    ],
    [{ component: 'vega' }, ['component: there is no component "vega"']],
    [{ component: 'unknown' }, ['component: there is no component "unknown"']],
    [{ component: 've\u001b[2J\u202ega' }, ['component: there is no component "ve [2Jga"']],
    [{ component: 'leo', member: 'vega-1' }, ['member: "vega-1" is not a member of leo']],
    [
      [{ component: 'leo' }, { component: 'vega', member: 'leo-1' }, { component: 'leo', member: 'polaris-1' }],
      ['[1].component: there is no component "vega"', '[2].member: "polaris-1" is not a member of leo'],
    ],
    [Array(maxBatch + 1).fill({ component: 'leo' }), ['(top): expected at most 1000 entries, got 1001']],
  ])('%j is refused', (input, lines) => {
    expect(problemsOf(() => own(input))).toEqual(lines.map((line) => expect.stringContaining(line)))
  })

  test('a batch with many mistakes has a short message, and all of them in its details', () => {
    for (const mistake of [{}, { component: 'vega' }]) {
      expect(() => own(Array(50).fill(mistake))).toThrow(/and 40 more$/)
      expect(problemsOf(() => own(Array(50).fill(mistake)))).toHaveLength(50)
    }
  })
})

describe("Alertmanager's webhook", () => {
  // As Alertmanager 0.27 sends it.
  const alert = {
    status: 'firing',
    labels: { alertname: 'HighLatency', component: 'polaris', instance: 'polaris-1:9100', severity: 'page' },
    annotations: { summary: 'p99 above 2 s', runbook_url: 'https://wiki.example/p99' },
    startsAt: '2026-02-28T23:59:00.123Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus.example/graph',
    fingerprint: 'c0ffee1234567890',
  }

  test('component and member are found by their labels, the key is the fingerprint', () => {
    expect(alertmanager(alert)).toEqual([
      {
        key: 'alertmanager/c0ffee1234567890',
        component: 'polaris',
        member: 'polaris-1',
        signal: 'external',
        status: 'firing',
        source: 'alertmanager',
        summary: 'p99 above 2 s',
        at: Date.parse('2026-02-28T23:59:00.123Z'),
      },
    ])
  })

  test('what is resolved says when', () => {
    expect(alertmanager({ ...alert, status: 'resolved', endsAt: '2026-02-28T23:59:30Z' })).toMatchObject([
      { status: 'resolved', key: 'alertmanager/c0ffee1234567890', at: Date.parse('2026-02-28T23:59:30Z') },
    ])
  })

  test.each<[labels: Record<string, string>, component: string, member: string | null]>([
    [{ jidoka_component: 'leo', component: 'polaris' }, 'leo', null],
    [{ jidoka_component: 'vega', component: 'leo' }, 'leo', null],
    [{ jidoka_member: 'leo-1' }, 'leo', 'leo-1'],
    [{ instance: 'leo-1' }, 'leo', 'leo-1'],
    [{ component: 'leo', jidoka_member: 'polaris-1' }, 'leo', null],
    [{ pod: 'leo-1', job: 'node' }, 'leo', 'leo-1'],
    [{ instance: 'polaris-1:9100', job: 'leo' }, 'polaris', 'polaris-1'],
    [{ job: 'leo', instance: '10.0.0.1:9100' }, 'leo', null],
    [{ service: 'leo', job: 'polaris' }, 'leo', null],
    [{ component: '', service: 'leo' }, 'leo', null],
    [{ component: 'vega', instance: 'leo-1' }, 'unknown', null],
    [{ component: 'vega', job: 'leo' }, 'unknown', null],
    [{ instance: '10.0.0.1:9100' }, 'unknown', null],
    [{}, 'unknown', null],
  ])('%j is about %s, %s', (labels, component, member) => {
    expect(alertmanager({ status: 'firing', labels })).toMatchObject([{ component, member }])
  })

  test('what names nothing of ours is kept, with its labels; those without a fingerprint stay apart by their labels', () => {
    const alerts = alertmanager(
      { status: 'firing', labels: { alertname: 'Down', job: 'vega' } },
      { status: 'firing', labels: { job: 'deneb', alertname: 'Down' } },
      { status: 'resolved', labels: { job: 'vega', alertname: 'Down' } },
    )
    expect(alerts[0]).toMatchObject({ component: 'unknown', summary: 'Down [alertname=Down, job=vega]' })
    expect(alerts[2]?.key).toBe(alerts[0]?.key)
    expect(alerts[1]?.key).not.toBe(alerts[0]?.key)
  })

  test('a member that is not ours is told in the words of its labels', () => {
    const [told] = alertmanager({ status: 'firing', labels: { alertname: 'Slow', job: 'leo', instance: '10.0.0.1:9100' } })
    expect(told).toMatchObject({ component: 'leo', summary: 'Slow [alertname=Slow, job=leo, instance=10.0.0.1:9100]' })
  })

  test('one for each comes out, in order; what is unmatched is named, each name once', () => {
    const firing = (labels: Record<string, string>) => ({ status: 'firing', labels })
    const { alerts, unmatched } = webhook(
      firing({ alertname: 'Down', job: 'vega' }),
      firing({ alertname: 'Slow', component: 'leo' }),
      firing({ alertname: 'Down', job: 'deneb' }),
      firing({ job: 'deneb' }),
    )
    expect(alerts.map(({ component }) => component)).toEqual(['unknown', 'leo', 'unknown', 'unknown'])
    expect(unmatched).toEqual(['Down', 'an alert without a name'])
    expect(webhook(firing({ component: 'leo' })).unmatched).toEqual([])
  })

  test('a signal of the closed set is taken, another is not', () => {
    expect(alertmanager({ status: 'firing', labels: { component: 'leo', jidoka_signal: 'overloaded' } })[0]?.signal).toBe('overloaded')
    expect(alertmanager({ status: 'firing', labels: { component: 'leo', jidoka_signal: 'rm -rf' } })[0]?.signal).toBe('external')
  })

  test('what is not that format is refused', () => {
    expect(problemsOf(() => normaliseAlertmanager({ alerts: [{ status: 'burning' }] }, where))).toEqual([
      'alerts[0].status: expected one of firing, resolved; got "burning"',
    ])
    expect(problemsOf(() => normaliseAlertmanager({}, where))).toEqual(['alerts: missing (expected a list)'])
  })
})

describe('the text of strangers', () => {
  test('loses what could write over a terminal or turn the reading direction', () => {
    expect(plainText('a\u001b[2Jb\r\nc\u0000d\u202ee\u0085f', 100)).toBe('a [2Jb c d' + 'e f')
    expect(plainText('電話 👨‍👩‍👧 ok', 100)).toBe('電話 👨‍👩‍👧 ok')
  })

  test('is bounded, whatever it is, and stays well formed', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 3_000 }), fc.string({ unit: 'grapheme', maxLength: 3_000 }))
    fc.assert(
      fc.property(text, fc.dictionary(fc.string(), text, { maxKeys: 5 }), (summary, labels) => {
        const told = [
          ...own({ component: 'leo', summary, source: `${summary.slice(0, 99)}\n`, key: `\t${summary.slice(0, 99)}` }),
          ...alertmanager({ status: 'firing', labels, annotations: { summary } }),
        ]
        for (const alert of told) {
          expect(alert.summary.length).toBeLessThanOrEqual(500)
          expect(alert.summary).not.toMatch(/\p{Cc}/u)
          expect(alert.summary.isWellFormed()).toBe(true)
          expect([alert.summary, alert.key, alert.source]).not.toContain('')
        }
      }),
      { numRuns: 50 },
    )
  })
})
