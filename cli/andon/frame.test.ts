import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { paints } from '../render.ts'
import { frame } from './frame.ts'
import type { Reader } from './parts.ts'
import { at, burning, calm, entryOf, start, story } from './sample.ts'
import { widthOf } from './width.ts'

const minute = 60_000
const reader = (ms: number, locale: 'en' | 'ja' = 'en'): Reader => ({ locale, zone: 'Asia/Tokyo', now: start + ms })

test('a minute after the pull: what was said, how long until everybody is called, and what one can do', () => {
  expect(frame(calm, story.slice(0, 2), reader(55_000), { rows: 12, columns: 100 }).lines).toEqual([
    '● YELLOW  polaris  55 s  and_0k3v9x2m1q8wz4t7p',
    'sessions drop in Tokyo',
    'Nobody leads yet  red in 1:05',
    'Aki, 55 s ago  1 person sees it',
    'Timeline  live',
    '10:20:00  Aki pulled the andon: sessions drop in Tokyo',
    '10:20:00  A leader is called, until 10:22:00',
    '',
    '',
    '',
    '',
    '? help  q leave  j join  l lead  e red  t take  r report  d done  u update  n note  i inquiry  k ka…',
  ])
})

test('red: lanes with their owners and the time that is left, whom we asked, how many customers', () => {
  expect(frame(burning, story, reader(10 * minute), { rows: 26, columns: 110 }).lines.map((line) => line.trimEnd())).toEqual([
    '● RED  polaris  10 min  and_0k3v9x2m1q8wz4t7p',
    'sessions drop in Tokyo',
    'Leader: Ben  Communications: Aki',
    'Aki, 10 min ago  2 people see it  Room: #andon-polaris https://example.slack.com/archives/C1',
    'Red: visible to customers',
    'Customers: about 1,240 of 52,000 lines in 2 segments, medium confidence, as of 10:29',
    'next update by 10:53',
    'Lanes',
    ' 1  Logs and figures  taken Ben  14 min left  nothing since 10:20',
    ' 2  Carrier           taken Aki  1 min late',
    ' 3  Customer range    free',
    ' 4  Mitigation        done Ben  rolled back 4.2.1',
    'Asked outside',
    ' 1  Starlink (T-77)  waiting for an answer  5 min  ask again at 10:55',
    'Timeline  live',
    '10:20:00  Aki pulled the andon: sessions drop in Tokyo',
    '10:20:00  A leader is called, until 10:22:00',
    '10:21:00  Ben sees it too (2 people now): Osaka, too',
    '10:21:00  Ben took the lead',
    '10:23:00  Red: visible to customers (Ben)',
    '10:28:00  Logs and figures, Ben: nothing since 10:20',
    '10:29:00  Mitigation is done (Ben): rolled back 4.2.1',
    '',
    '',
    '',
    '? help  q leave  j join  l lead  e red  t take  r report  d done  u update  n note  i inquiry  k kaizen  R re…',
  ])
})

test('somebody who reads Japanese reads Japanese', () => {
  const { lines } = frame(burning, story, reader(10 * minute, 'ja'), { rows: 26, columns: 110 })
  expect(lines.slice(0, 4)).toEqual([
    '● 赤  polaris  10分  and_0k3v9x2m1q8wz4t7p',
    'sessions drop in Tokyo',
    'リーダー: Benさん  連絡係: Akiさん',
    'Akiさん、10分前  2名が確認  ルーム: #andon-polaris https://example.slack.com/archives/C1',
  ])
  expect(lines).toContain(' 2  キャリア確認  対応中 Akiさん  1分超過')
})

test('whatever the window and the words: so many lines, none too wide, title and keys always there', () => {
  const hostile = {
    ...burning,
    text: `大阪で接続断が続いています。${'👩‍🚒'.repeat(30)} \x1b[2J\u202e ${'x'.repeat(300)}`,
    lanes: Array.from({ length: 30 }, (_, n) => ({
      ...burning.lanes[n % 4],
      id: `lane_${n}`,
      title: `レーン ${n}`,
    })) as typeof burning.lanes,
  }
  const long = [
    ...story,
    entryOf(9, 9 * minute, 'andon.note', { text: `長い ${'報告 '.repeat(200)}`, by: { id: 'a', name: 'A' }, at: 0, ref: null, files: [] }),
  ]
  for (const columns of [24, 37, 80, 200])
    for (let rows = 8; rows < 60; rows += 3)
      for (const locale of ['en', 'ja'] as const) {
        const { lines } = frame(hostile, long, reader(10 * minute, locale), { rows, columns }, undefined, paints.colour)
        expect(lines).toHaveLength(rows)
        for (const line of lines) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: nothing but colours may be there
          expect(line.replaceAll(/\x1b\[\d+m/g, '')).not.toMatch(/[\x00-\x1f]/)
          expect(widthOf(stripVTControlCharacters(line))).toBeLessThanOrEqual(columns)
        }
        expect(stripVTControlCharacters(lines[0] as string)).toMatch(/^● /)
        expect(stripVTControlCharacters(lines.at(-1) as string)).toMatch(/^\? /)
      }
})

test('a lane that has a room of its own says so', () => {
  const [logs, ...rest] = burning.lanes
  const lanes = [{ ...logs, room: { name: 'andon-polaris-logs', url: null } }, ...rest] as typeof burning.lanes
  const { lines } = frame({ ...burning, lanes }, story, reader(10 * minute), { rows: 26, columns: 110 })
  expect(lines.join('\n')).toContain(' 1  Logs and figures  taken Ben  14 min left  #andon-polaris-logs  nothing since 10:20')
})

test('with little room, the timeline and the lanes that are not done stay', () => {
  const { lines } = frame(burning, story, reader(10 * minute), { rows: 16, columns: 80 })
  expect(lines.join('\n')).not.toContain('Mitigation        done')
  expect(lines.slice(-5, -2).map((line) => line.slice(0, 8))).toEqual(['10:23:00', '10:28:00', '10:29:00'])
})

test('a window that is too small says so', () => {
  expect(frame(calm, story, reader(0), { rows: 3, columns: 80 }).lines).toEqual(['The window is too small.', '', ''])
})

test('what is typed stands at the bottom with the cursor in it, and what went wrong above it', () => {
  const bottom = {
    prompt: { name: 'join' as const, typed: { before: '大阪で', after: 'も' } },
    said: { text: 'No controller answers', bad: true },
    connected: false,
    help: false,
    back: 0,
  }
  const { lines, cursor } = frame(calm, story, reader(0), { rows: 10, columns: 60 }, bottom)
  expect(lines.slice(-2)).toEqual(['No controller answers', 'What do you see? 大阪でも'])
  expect(cursor).toEqual({ row: 9, column: 'What do you see? '.length + 6 })
  expect(lines).toContain('Timeline  the controller does not answer; trying again')
})

test('a long line of input shows its end, and never pushes the cursor out', () => {
  const typed = { before: `${'あ'.repeat(100)}終`, after: 'z'.repeat(50) }
  const { lines, cursor } = frame(
    calm,
    story,
    reader(0),
    { rows: 10, columns: 40 },
    { prompt: { name: 'note', typed }, said: null, connected: true, help: false, back: 0 },
  )
  expect(lines.at(-1)).toContain('終')
  expect(widthOf(lines.at(-1) as string)).toBeLessThanOrEqual(40)
  expect(cursor?.column).toBeLessThan(40)
})

test('one can look back, and is told that something newer is below', () => {
  const many = Array.from({ length: 50 }, (_, n) =>
    entryOf(n, n * 1_000, 'andon.update', { update: `u${n}`, text: `step ${n}`, audience: 'room', by: { id: 'aki', name: 'Aki' } }),
  )
  const size = { rows: 12, columns: 80 }
  const bottom = { prompt: null, said: null, connected: true, help: false, back: 0 }
  const now = frame(calm, many, reader(0), size, bottom)
  expect(now.lines.join('\n')).toContain('step 49')
  const then = frame(calm, many, reader(0), size, { ...bottom, back: now.backMax })
  expect(then.lines.join('\n')).toContain('step 0')
  expect(then.lines.join('\n')).toContain(`${now.backMax} newer below`)
})

test('entries that tell a person nothing are not there', () => {
  const { lines } = frame(calm, [...story.slice(0, 1), { ...(story[0] as (typeof story)[0]), seq: 9, kind: 'step.intent' }], reader(0), {
    rows: 12,
    columns: 80,
  })
  expect(lines.filter((line) => /^\d\d:/.test(line))).toHaveLength(1)
})

test('what is told long after it happened says when that was', () => {
  const by = { id: 'aki', name: 'Aki' }
  const note = (at: number) => entryOf(9, 9 * minute, 'andon.note', { text: 'pump off', by, at, ref: null, files: [] })
  const { lines } = frame(calm, [note(start + 9 * minute - 1_000), note(start - 5 * minute)], reader(0), { rows: 12, columns: 80 })
  expect(lines.filter((line) => line.includes('pump'))).toEqual([
    '10:29:00  Aki: pump off',
    '10:29:00  Aki: pump off  (late: happened 10:15)',
  ])
})

test('what is not well, and the change that most likely has to do with it, stand at the top', () => {
  const component = (id: string, status: string, well: number) => ({ id, status, well, of: 2 })
  const suspect = {
    change: 'chg_1',
    title: 'polaris 4.2.1',
    component: 'polaris',
    at: at(-60_000),
    by: 'ci',
    url: null,
    weight: 0.9,
    why: '1 min before, same component',
  }
  const known = {
    ...calm,
    snapshot: {
      at: at(0),
      members: [],
      components: [component('polaris', 'fail', 1), component('leo', 'pass', 2)],
      incidents: [],
      runs: [],
      digest: 'd',
    },
    suspects: [suspect, { ...suspect, change: 'chg_2' }],
  }
  const { lines } = frame(known, [], reader(0), { rows: 14, columns: 100 })
  expect(lines.slice(4, 6)).toEqual([
    'How things are: polaris 1/2',
    'Changes just before: polaris 4.2.1  1 min before, same component  …and 1 more',
  ])
})
