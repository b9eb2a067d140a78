import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../core/runs/run.ts'
import type { Andon } from './andon.ts'
import { andonOf, minute, redOf, t0 } from './fixture.ts'
import { runbookProposal } from './review/proposal.ts'
import { earlier, earlierBy, pulledAt, sample } from './review/sample.ts'
import { timeline } from './review/sample-timeline.ts'
import { sincePull } from './review/timeline.ts'
import { review } from './review.ts'

const english = { zone: 'Asia/Tokyo', locale: 'en' } as const
const japanese = { zone: 'Asia/Tokyo', locale: 'ja' } as const

describe('a review', () => {
  it('is a document that a person is glad to read', async () => {
    await expect(review(sample, timeline, { ...english, earlier })).toMatchFileSnapshot('review.example.md')
  })

  it('reads the same in Japanese', async () => {
    await expect(review(sample, timeline, { ...japanese, earlier })).toMatchFileSnapshot('review.example.ja.md')
  })

  it('tells times in the zone of whoever reads it', () => {
    const text = review(sample, timeline, { zone: 'UTC', locale: 'en' })
    expect(text).toContain('On 2026-11-20 at 01:20 Aki pulled')
    expect(text).toContain('| 01:24:00 | +04:00 | Red: Confirmed by two customers (Ben) |')
  })

  it('of a pull that nothing came of is short, and leaves out what has nothing to tell', () => {
    const text = review(andonOf(), [], english)
    const headings = text.split('\n').filter((line) => line.startsWith('## '))
    expect(headings).toEqual([
      '## Numbers',
      '## Who took part',
      '## Changes just before',
      '## Customers',
      '## Had it happened before?',
      '## Kaizen',
      '## Questions to answer together',
    ])
    expect(text).toContain('It has not ended; 0 s so far.')
    expect(text).not.toContain('undefined')
  })

  it('says at the top that it was a drill, private, or nothing at all', () => {
    const end = {
      status: 'resolved' as const,
      at: t0 + minute,
      by: { id: 'ben', name: 'Ben' },
      how: 'a test line',
      cause: null,
      mergedInto: null,
    }
    const text = review(andonOf({ drill: { scenario: 'practice' }, private: true, state: { ...end, falseAlarm: true } }), [], english)
    const top = text.slice(0, text.indexOf('## Numbers'))
    expect(top).toContain('> **This was a drill** (practice).')
    expect(top).toContain('> **Private.**')
    expect(top).toContain('> **Nothing was wrong, and it was right to pull.**')
    expect(top).not.toContain('cause')
  })

  it('points from a merged one to where it went on', () => {
    const by = { id: 'ben', name: 'Ben' }
    const merged = andonOf({
      state: { status: 'resolved', at: t0 + minute, by, how: 'm', cause: null, mergedInto: 'and_2', falseAlarm: false },
    })
    expect(review(merged, [], english)).toContain('It was merged into `and_2` after 1 min; everything went on there.')
  })
})

describe('the timeline of a review', () => {
  const rows = review(sample, timeline, english)
    .split('\n')
    .filter((line) => /^\| \d\d:/.test(line))

  it('goes forward, and tells what happened before the pull as before', () => {
    const times = rows.map((row) => row.split(' | ')[0])
    expect(times).toEqual([...times].sort())
    expect(rows[0]).toContain('| −00:30 |')
  })

  it('has what was written down late where it happened, and says so', () => {
    expect(rows.find((row) => row.includes('By phone'))).toBe(
      '| 11:05:00 | +45:00 | Emi: By phone: Logistics sees traffic again *(late: written down at 11:07)* |',
    )
  })

  it('keeps its parts together when somebody notes later, after the end, what was before it', () => {
    const noted = timeline.map((event) =>
      event.data.text === 'By phone: Logistics sees traffic again' ? { ...event, seq: 999, at: pulledAt + 58 * minute } : event,
    )
    const parts = (events: typeof timeline) => review(sample, events, english).match(/^### (Yellow|Red|After the end)$/gm)
    expect(parts([...noted].sort((a, b) => a.seq - b.seq))).toEqual(parts(timeline))
  })

  it('follows edits, and forgets what was taken back', () => {
    expect(rows.find((row) => row.includes('graph'))).toMatch(
      /The graph shows it .*\[graph \(1\)\.png\]\(files\/.*graph%20%281%29\.png\) \*\(edited\)\* \|$/,
    )
    const gone = timeline.map((event) => (event.kind === 'andon.note-changed' ? { ...event, data: { ...event.data, text: null } } : event))
    const text = review(sample, gone, english)
    expect(text).not.toMatch(/The gra|graph%20/)
    expect(text).toContain('| 10:30:00 | +10:00 | Chika: *(taken back)* |')
  })

  it('tells lanes that open by themselves at once in one line, and a run once', () => {
    expect(rows.filter((row) => row.includes('Lanes opened'))).toHaveLength(1)
    expect(rows.filter((row) => row.includes('failover-active-standby ended'))).toHaveLength(1)
  })

  it.each([
    [0, '+00:00'],
    [-500, '+00:00'],
    [-30_000, '−00:30'],
    [3_850_000, '+1:04:10'],
  ])('writes %d ms as %s', (ms, text) => expect(sincePull(ms)).toBe(text))
})

describe('the questions of a review', () => {
  const questions = (andon: Andon, events = timeline, more = {}) =>
    review(andon, events, { ...english, ...more }).split('## Questions to answer together')[1] as string
  const state = sample.state as Extract<Andon['state'], { status: 'resolved' }>

  it.each<[string, Partial<Andon>, RegExp]>([
    ['no cause', { state: { ...state, cause: null } }, /What was the cause\?/],
    ['nobody told the customers', { told: [] }, /not told: Logistics, Point of sale/],
    ['a lane came back with nothing', {}, /Nothing came back from Communications/],
    ['nobody counted', { ranges: [] }, /how many customers were concerned/],
    ['a carrier is silent', { inquiries: sample.inquiries.map((one) => ({ ...one, answers: [] })) }, /no answer from Kaede Mobile/],
    ['nothing gets better', { kaizen: [] }, /What gets better\?/],
    ['the room was a thread', { room: { name: '#andon', url: null, kind: 'thread' } }, /No room could be made/],
    ['nobody came', { marks: { ...sample.marks, human: pulledAt + 6 * minute } }, /It took 6 min until a second person/],
    ['a person saw it first', { incident: null }, /A person saw it before any probe/],
  ])('ask, when %s', (_, more, question) => expect(questions({ ...sample, ...more })).toMatch(question))

  it('ask why nobody led, or who could have led sooner', () => {
    const without = timeline.filter(({ kind }) => kind !== 'andon.role')
    const roles = { ...sample.roles, lead: null }
    expect(questions({ ...sample, roles, marks: { ...sample.marks, lead: null } }, without)).toContain('Nobody took the lead.')
    const late = timeline.map((event) => (event.kind === 'andon.role' ? { ...event, at: pulledAt + 7 * minute } : event))
    expect(questions(sample, late)).toContain('Nobody led for 7 min.')
  })

  it('are none when all was answered', () => {
    const told = sample.ranges.flatMap(({ segments }) => segments.map(({ name }) => ({ segment: name, by: sample.pulledBy, at: pulledAt })))
    const kaizen = sample.kaizen.map((item) => ({ ...item, status: 'done' as const, result: 'done' }))
    const perfect = { ...sample, told, kaizen, lanes: sample.lanes.filter(({ outcome }) => outcome !== null) }
    const calm = timeline.filter(({ kind, run }) => !['andon.reminder', 'incident.refused'].includes(kind) && run !== 'run_1')
    expect(questions(perfect, calm)).toContain('None are left. Well done.')
  })
})

describe('a draft of a runbook', () => {
  it('is made of what people did by hand, with the steps that were done', () => {
    const draft = runbookProposal(sample, timeline, english) as string
    expect(draft).toContain("defineRunbook('mend-polaris-failing', {")
    expect(draft).toContain("step('promote', { member: 'polaris-2' }),")
    expect(draft).toContain('10:40 Dan: Took polaris-1 out of the pool; new sessions hold')
    // What the automatic did is a runbook already.
    expect(draft).not.toContain("step('restart'")
  })

  it('is TypeScript, whatever was said', async () => {
    const { stripTypeScriptTypes } = await import('node:module')
    const evil = "x'); process.exit(); //\n*/ `$" + '{1}` \\ \u2028 ```'
    const lanes = sample.lanes.map((lane) => ({ ...lane, outcome: evil }))
    const draft = runbookProposal(
      { ...sample, id: evil, lanes, state: { ...sample.state, how: evil } as Andon['state'] },
      timeline,
      english,
    ) as string
    const [, fence, code] = /\n(`{3,})ts\n([\s\S]*)\n\1$/.exec(draft) as unknown as [string, string, string]
    expect(code).not.toContain(fence)
    expect(stripTypeScriptTypes(code)).toContain('defineRunbook(')
    expect(code.split('\n').filter((line) => line.includes('process.exit') && !/^\s*(\/\/|title: ')/.test(line))).toEqual([])
  })

  it('is not made when nobody did anything by hand', () => {
    expect(runbookProposal(redOf(), [], english)).toBeNull()
    const again = review(
      redOf({ component: sample.component, failure: 'failing', recurrence: { count: 1, last: 'and_0', lastAt: null, kaizenOpen: 0 } }),
      [],
      english,
    )
    expect(again).toContain('This was **the 2nd time**.')
    expect(again).toContain('> **It came again: make it a runbook first.**\n')
  })

  it('is proposed first when it came again', () => {
    const text = review(sample, timeline, { ...english, earlier: [earlierBy(1, 'and_0')] })
    expect(text.indexOf('make it a runbook first')).toBeLessThan(text.indexOf('## Kaizen'))
  })
})

describe('hostile words', () => {
  /** Lines of Markdown outside of blocks of code. */
  const outside = (text: string) => {
    let fence: string | null = null
    return text.split('\n').filter((line) => {
      const [, marks] = /^\s*(`{3,})/.exec(line) ?? []
      if (marks && fence === null) fence = marks
      else if (marks && line.trim() === fence) fence = null
      else return fence === null
      return false
    })
  }
  const headings = (text: string) => outside(text).filter((line) => /^\s{0,3}#{1,6}\s/.test(line))
  /** Unescaped, and not within code of ours. */
  const bare = (line: string) => line.replace(/\\./g, '').replace(/`[^`]*`/g, '')
  const cells = (line: string) => bare(line).split('|').length

  const pieces = fc.constantFrom(
    ...[
      '`',
      '```',
      '~~~',
      '|',
      '<script>alert(1)</script>',
      '![x](http://e.example/a.png)',
      '[x](javascript:alert(1))',
      '\n# H',
      '\n## H\n',
      '\n- l',
      '\n> q',
    ],
    ...[
      '**',
      '__',
      '_',
      '\\',
      '&#x202e;',
      '\u202e',
      '<!-- ',
      '-->',
      '\n```\n',
      '\n---\n',
      '$$x$$',
      '\r',
      '\u2028',
      '~~',
      '| a | b |',
      'ok',
      ' ',
    ],
  )
  const words = fc.array(pieces, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''))
  const replaced = (value: Json, text: string): Json => {
    if (typeof value === 'string') return value === '' ? value : text
    if (Array.isArray(value)) return value.map((inner) => replaced(inner, text))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, kept.has(key) ? inner : replaced(inner, text)]))
  }
  /** What is no word of a person's: kinds, states, places in time. */
  const kept = new Set([
    'id',
    'status',
    'kind',
    'role',
    'what',
    'via',
    'locale',
    'audience',
    'confidence',
    'about',
    'by',
    'run',
    'ref',
    'mergedInto',
  ])
  const hostile = (text: string) => {
    const andon = replaced(sample as unknown as Json, text) as unknown as Andon
    const reporters = andon.reporters.map((report) => ({ ...report, person: { id: 'aki', name: text } }))
    const events = timeline.map((event) => ({ ...event, data: replaced(event.data, text) as typeof event.data }))
    return review({ ...andon, reporters, pulledBy: { id: 'aki', name: text } }, events, { ...english, earlier })
  }

  it('add no heading, no column, no HTML, no link and no picture', () => {
    const ours = headings(review(sample, timeline, { ...english, earlier })).map((line) => line.replace(/ .*/, ''))
    fc.assert(
      fc.property(words, (text) => {
        const out = hostile(text)
        expect(headings(out).map((line) => line.replace(/ .*/, ''))).toEqual(ours)
        const lines = outside(out)
        for (const [n, line] of lines.entries()) {
          const plain = bare(line)
          if (line.startsWith('|') && lines[n - 1]?.startsWith('|')) expect(cells(line), line).toBe(cells(lines[n - 1] as string))
          expect(plain, line).not.toMatch(/<|!\[|\]\((?!https:\/\/ci\.example|[\w%.~/-]+\))|&(?!amp;)|[\u202a-\u202e]|~~|\$/)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('stay readable', () => {
    const text = review(andonOf({ text: 'polaris_1 *is* slow <see #3> | 50%' }), [], english)
    expect(text.split('\n')[0]).toBe('# polaris_1 \\*is\\* slow \\<see \\#3\\> \\| 50%')
  })
})
