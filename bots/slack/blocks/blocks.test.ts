import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fault } from '../../../core/errors.ts'
import { blockProblems, viewProblems as slackViewProblems } from '../../../test/slack/limits.ts'
import { andon, hostile, text } from '../../../test/slack/samples.ts'
import type { Andon, Locale } from '../../andon/andon.ts'
import { andonCommands } from '../../andon/commands/registry.ts'
import type { AnyAndonCommand } from '../../andon/define.ts'
import { announceOf } from './announce.ts'
import { cardOf } from './card.ts'
import { line, link, quote, said } from './escape.ts'
import { filledIn } from './fields.ts'
import type { Rendered } from './form.ts'
import { homeOf } from './home.ts'
import { laneOf } from './lane.ts'
import { messageProblems, viewProblems } from './limits.ts'
import { lineOf } from './line.ts'
import { modalOf, pullModal } from './modal.ts'
import { refusalOf } from './refusal.ts'
import { updateOf } from './update.ts'

const locale: fc.Arbitrary<Locale> = fc.constantFrom('en', 'ja')
const now = Date.UTC(2026, 10, 20, 10, 32)

/** Everything in mrkdwn, as Slack would read it. */
function mrkdwnOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnOf)
  if (typeof value !== 'object' || value === null) return []
  const { type, text } = value as { type?: string; text?: unknown }
  return [...(type === 'mrkdwn' ? [String(text)] : []), ...Object.values(value).flatMap(mrkdwnOf)]
}

/** The only commands to Slack that we write ourselves. */
const ours = /<(?:@[UW][A-Z0-9]+|#[CG][A-Z0-9]+|!date\^\d+\^[{}a-z_ ]+\|[^<>|]*|https?:\/\/[^\s<>|]+\|[^<>|]*)>/g

function harmless({ text, blocks }: Rendered) {
  expect(messageProblems({ text, blocks })).toEqual([])
  expect(blockProblems(blocks, 50)).toEqual([])
  for (const one of [text, ...mrkdwnOf(blocks)]) {
    const rest = one.replace(ours, '')
    expect(rest).not.toMatch(/[<]/)
    expect(rest.replace(/^> /gm, '')).not.toMatch(/>/)
    expect(rest).not.toMatch(/@(here|channel|everyone|group)/i)
  }
}

describe('whatever people wrote, Slack takes it, and nothing comes out of it', () => {
  test('cards, announcements, lanes and updates of every andon', () => {
    fc.assert(
      fc.property(andon, locale, (one, locale) => {
        const env = { locale, now }
        harmless(cardOf(one, env))
        harmless(announceOf(one, { ...env, channel: 'C012ABCDEF' }))
        for (const lane of one.lanes) harmless(laneOf(one, lane, env))
        for (const update of one.updates) harmless(updateOf(one, update, env))
      }),
      { numRuns: 150 },
    )
  })

  test('a Home with a hundred of each', () => {
    fc.assert(
      fc.property(andon, locale, (one, locale) => {
        const lanes = one.lanes.flatMap((lane) => Array.from({ length: 4 }, () => ({ andon: one, lane })))
        const asks = one.kaizen.map((item) => ({ andon: one, item }))
        const duty = Array.from({ length: 40 }, () => ({ schedule: one.text, person: one.text, until: now }))
        const view = homeOf({ open: Array.from({ length: 100 }, () => one), lanes, asks, duty }, { locale, now })
        expect(viewProblems(view)).toEqual([])
        expect(slackViewProblems(view as never)).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  test('lines of the timeline and refusals', () => {
    fc.assert(
      fc.property(text(4_000), locale, (words, locale) => {
        const by = { id: 'ben', name: words.slice(0, 80) }
        const told = lineOf({ kind: 'andon.thanks', data: { to: words, by } as never }, { locale })
        harmless({ text: told?.text ?? '', blocks: [{ type: 'divider' }] })
        harmless(refusalOf(fault('refused', { reason: words, hint: words }), locale, words))
      }),
    )
  })
})

describe('modals', () => {
  const full = fc.sample(andon, { seed: 3, numRuns: 40 })
  const choices = {
    components: ['polaris'],
    carriers: [{ id: 'acme', name: 'Acme' }],
    runbooks: ['restart'],
    members: ['a-1'],
    andons: full,
  }
  const made = (andonCommands as readonly AnyAndonCommand[]).filter(({ needs }) => needs !== 'nobody')

  test.each(made.map(({ name }) => name))('of %s, for every andon, in both languages', (name) => {
    const command = made.find((one) => one.name === name) as AnyAndonCommand
    for (const one of full)
      for (const locale of ['en', 'ja'] as const) {
        const view = modalOf(command, one, locale, { choices, aim: { id: one.id }, channel: 'C012ABCDEF' })
        expect(viewProblems(view)).toEqual([])
        expect(slackViewProblems(view as never)).toEqual([])
        const labels = view.blocks.flatMap((block) => ('label' in block ? [block.label.text] : []))
        // A field without words of its own would show the name of our variable.
        expect(labels.filter((label) => /^[a-z][a-zA-Z-]*$/.test(label))).toEqual([])
      }
  })

  test('the one of a pull has one field, and does not need it', () => {
    const inputs = pullModal('ja').blocks.filter(({ type }) => type === 'input')
    expect(inputs).toEqual([expect.objectContaining({ optional: true, block_id: 'text' })])
    expect(viewProblems(pullModal('ja', 'C1', 'x'.repeat(9_000)))).toEqual([])
  })

  test('what is filled in is what the command takes; what is empty is left out', () => {
    const command = made.find(({ name }) => name === 'kaizen-add') as AnyAndonCommand
    const values = {
      text: { text: { type: 'plain_text_input', value: 'a canary' } },
      owner: { owner: { type: 'users_select', selected_user: 'U012ABCDEF' } },
      due: { due: { type: 'datepicker', selected_date: '2026-12-01' } },
      kind: { kind: { type: 'static_select', selected_option: { value: 'runbook' } } },
    }
    const input = filledIn(command.input, values, (slack) => `slack:${slack}`)
    expect(input).toEqual({ text: 'a canary', owner: 'slack:U012ABCDEF', due: '2026-12-01', kind: 'runbook' })
    expect(command.input.safeParse(input).success).toBe(true)
    const send = made.find(({ name }) => name === 'inquiry-send') as AnyAndonCommand
    const asked = filledIn(
      send.input,
      { from: { from: { selected_date_time: 1_795_000_000 } }, symptom: { symptom: { value: ' ' } } },
      String,
    )
    expect(asked).toEqual({ from: new Date(1_795_000_000_000).toISOString() })
  })
})

test('a line tells times in the zone of whoever reads it', () => {
  const told = lineOf({ kind: 'andon.call', data: { until: now, page: 'p', again: false } }, { locale: 'en' })
  expect(told?.text).toBe(`A leader is called, until <!date^${now / 1000}^{time_secs}|10:32:00 UTC>`)
  expect(lineOf({ kind: 'lease.taken', data: {} }, { locale: 'en' })).toBeNull()
})

test('hostile words stay readable', () => {
  expect(said('<!channel> & @here')).toBe('&lt;!channel&gt; &amp; @\u2060here')
  expect(line('run `rm -rf` *now*\n_please_')).toBe('run ˋrm -rfˋ ∗now∗ ˍpleaseˍ')
  expect(line('session_gw_1 is 2 * 3 ~ 4')).toBe('session_gw_1 is 2 * 3 ~ 4')
  expect(quote('a\nb')).toBe('> a\n> b')
  expect(quote('x\n'.repeat(500)).split('\n')).toHaveLength(13)
  expect(link('javascript:alert(1)', 'x')).toBe('x')
  expect(said('&'.repeat(5_000), 100)).toHaveLength(96)
  for (const words of hostile) expect(said(words).length).toBeGreaterThan(0)
})

describe('the card says what to do', () => {
  const pulled = fc.sample(andon, { seed: 7, numRuns: 1 })[0] as Andon
  const calm: Andon = {
    ...pulled,
    ...{ text: 'sessions fall', state: { status: 'yellow' }, drill: null, private: false, lanes: [], inquiries: [], suspects: [] },
    ...{
      ranges: [],
      kaizen: [],
      updates: [],
      snapshot: null,
      retention: null,
      recurrence: { count: 0, last: null, lastAt: null, kaizenOpen: 0 },
    },
    ...{ roles: { lead: null, scribe: null, comms: null }, call: { page: 'p', since: now, until: now + 120_000 } },
    component: { id: 'session-gw', by: 'words' },
  }
  const buttons = (one: Andon) =>
    cardOf(one, { locale: 'en', now }).blocks.flatMap((block) =>
      block.type === 'actions' ? block.elements.map((element) => ('text' in element ? element.text?.text : element.type)) : [],
    )

  test('yellow: take the lead before it turns red', () => {
    expect(buttons(calm)).toEqual(['Take the lead', 'It is real: red', 'I see it too', 'Resolve', 'overflow'])
    expect(JSON.stringify(cardOf(calm, { locale: 'en', now }).blocks)).toContain('turns red at <!date^')
  })

  test('in Japanese', () => {
    const { text, blocks } = cardOf({ ...calm, text: 'セッションが切れる' }, { locale: 'ja', now })
    expect(text).toBe('🟡 黄 · session-gw: セッションが切れる')
    expect(JSON.stringify(blocks)).toContain('リーダー未定')
  })

  test('a drill says so first, and a merged one leads on without buttons', () => {
    expect(cardOf({ ...calm, drill: { scenario: 'practice' } }, { locale: 'en', now }).text).toMatch(/^🧪 DRILL/)
    const by = { id: 'ben', name: 'Ben' }
    const state = { status: 'resolved' as const, at: now, by, how: 'merged', cause: null, mergedInto: 'and_2', falseAlarm: false }
    expect(buttons({ ...calm, state })).toEqual([])
  })
})

test('a refusal tells why, what is kept, and gives the words back', () => {
  const refused = refusalOf(fault('refused', { reason: 'it is resolved', hint: 'Reopen it.' }), 'en', 'my <long> report')
  expect(refused.text).toBe('That was not done: it is resolved\nReopen it.\nNothing was changed.\nYou wrote: my &lt;long&gt; report')
  expect(refusalOf(fault('forbidden', { role: 'anyone', needs: 'approver' }), 'ja').text).toContain('承認者')
  expect(refusalOf(new Error('secret inner text'), 'en').text).not.toContain('secret')
})
