import { describe, expect, test } from 'vitest'
import type { Finding } from '../../../guardians/desk.ts'
import { peopleOf } from '../../andon/people.ts'
import { catalogOf } from '../../duty/fixture.ts'
import type { Review, ReviewItem } from '../../duty/review.ts'
import { askCard } from './ask.ts'
import { advice } from './escape.ts'
import { messageProblems } from './limits.ts'
import { reviewHead, reviewItemOf } from './review.ts'

const envOf = (locale: 'en' | 'ja' = 'en') => {
  const catalog = catalogOf({ andon: { locale } })
  return { catalog, people: peopleOf(catalog) }
}
const long = '長い<!channel>*名前*'.repeat(200)
const at = Date.parse('2026-11-23T00:30Z')

const finding = {
  ...{ id: 'fnd_1', guardian: 'ebs', check: 'ebs-unattached', account: '123456789012', region: 'us-east-1', resource: `arn:${long}` },
  ...{ name: long, severity: 'high', reason: 'unattached', evidence: { type: long, sizeGiB: 1, ageDays: 9 }, savings: null },
  ...{ owner: { name: long, kind: 'words', by: 'tag' }, firstSeenAt: at, lastSeenAt: at, regressions: 3, ask: null },
} as unknown as ReviewItem['finding']

const item = (n: number): ReviewItem => ({ n, why: 'regressed', finding, pending: null, decision: null })

const review = (more: Partial<Review> = {}): Review => ({
  ...{ type: 'review', id: 'rev_1', day: '2026-11-23', week: '2026-W48', people: ['aki', 'ben', 'gone'], plannedAt: at, openedAt: at },
  ...{ openedBy: null, remindAt: at, reminded: false, endsAt: at, state: { status: 'open' }, waiting: 1_000 },
  items: Array.from({ length: 200 }, (_, i) => item(i + 1)),
  facts: {
    silent: Array.from({ length: 50 }, () => ({ guardian: long.slice(0, 60), lastAt: at, problem: long.slice(0, 60) })),
    scans: { runs: 9, lastAt: at, opened: 1, regressed: 1, fixed: 1 },
    coverage: {
      looked: 100_000,
      lines: 900,
      holes: Array.from({ length: 8 }, () => ({ check: 'x', account: '1', region: long, missing: long, resources: 7 })),
      moreHoles: 892,
    },
    cost: { calls: 10_000, usd: 1.5, top: { call: 'ec2:DescribeVolumes', share: 0.4 } },
    open: { now: 3, before: 9, usdPerMonth: 8_000 },
    precision: [{ check: 'ebs-unattached', decided: 9, wrong: 6, precision: 0.33 }],
    busFactor: { fixes: 12, topTwoShare: 0.9 },
  },
  ...more,
})

describe.each(['en', 'ja'] as const)('in %s', (locale) => {
  test('whatever people and scans wrote, Slack takes it, and nobody is called by it', () => {
    const env = envOf(locale)
    const decision = {
      kind: 'mute',
      by: { id: 'aki', name: long },
      at,
      to: null,
      dueAt: null,
      until: at,
      words: long,
      runbook: null,
    } as const
    const asked = {
      id: 'ask_1',
      to: 'aki',
      via: 'fallback',
      by: 'ben',
      at,
      dueAt: at,
      words: long,
      answer: null,
      remindedAt: null,
      reminders: 0,
    }
    const whole = { ...finding, status: 'asked', ask: asked, fixed: null } as unknown as Finding
    const event = { seq: 1, at, kind: 'finding.asked', data: {} }
    const all = [
      reviewHead(review(), env),
      reviewHead(review({ items: [], state: { status: 'ended', at, how: 'nothing', by: null } }), env),
      reviewItemOf(item(1), review(), env),
      reviewItemOf({ ...item(1), decision }, review(), env),
      askCard(whole, { ask: 'ask_1', event }, locale, env),
      askCard(
        { ...whole, ask: { ...asked, answer: { kind: 'disagree', by: 'aki', at, words: long } } } as Finding,
        { ask: 'ask_1', event },
        locale,
        env,
      ),
    ]
    for (const message of all) {
      expect(messageProblems(message)).toEqual([])
      expect(JSON.stringify(message)).not.toContain('<!channel>')
    }
  })

  test('the head says it in the language of the house', () => {
    const text = JSON.stringify(reviewHead(review(), envOf(locale)).blocks)
    expect(text).toMatch(locale === 'ja' ? /レビュー.*当番.*確認できなかった箇所 900/ : /Review of.*On duty.*Not looked at, in 900 places/)
  })
})

test('an item tells why it matters and what to do, until it is decided', () => {
  const known = { ...finding, evidence: { type: 'gp3', sizeGiB: 100, ageDays: 8 } }
  const made = {
    kind: 'later',
    by: { id: 'aki', name: 'Aki' },
    at,
    to: null,
    dueAt: null,
    until: null,
    words: null,
    runbook: null,
  } as const
  const textOf = (decision: ReviewItem['decision']) =>
    JSON.stringify(reviewItemOf({ ...item(1), finding: known, decision }, review(), envOf()).blocks)
  expect(textOf(null)).toMatch(/Why it matters.*What to do.*`aws ec2 delete-volume --volume-id ID`/)
  expect(textOf(made)).not.toContain('What to do')
})

test('commands of an advice can be copied; nothing else of it is markup', () => {
  expect(advice('First `aws s3 ls --x <A&B>`, then *rest* @here')).toBe('First `aws s3 ls --x &lt;A&amp;B&gt;`, then ∗rest∗ @\u2060here')
  expect(advice('a `open end <!channel>')).not.toMatch(/`|<!/)
  expect(advice('`x` '.repeat(1_000), 200).length).toBeLessThanOrEqual(200)
})
